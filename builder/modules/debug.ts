import { z } from 'zod';
import type { Json } from '../json.js';
import { integer, moduleArgs, text } from './args.js';
import { defineModule } from './task-failure.js';

const args = moduleArgs({
  msg: z.json().optional(),
  var: text.optional(),
  // The reporter decides what to show.
  verbosity: integer.optional(),
});

type DebugArgs = z.output<typeof args>;

interface ResolvedDebug extends Record<string, unknown> {
  readonly result: { readonly [key: string]: Json };
}

/** `debug`: shows a message or a variable; changes nothing. */
export const debug = defineModule<DebugArgs, ResolvedDebug>({
  name: 'debug',
  version: 1,
  kind: 'control',
  args,
  resolve(args, context) {
    if (args.var === undefined) return { result: { msg: (args.msg ?? 'Hello world!') as Json } };
    return { result: { [args.var]: context.evaluate(args.var) } };
  },
  run: ({ result }) => ({ ...result, changed: false }),
});
