import { z } from 'zod';
import type { Json } from '../json.js';
import { flag, moduleArgs } from './args.js';
import { defineModule, TaskFailure } from './task-failure.js';

const message = z.union([z.string(), z.array(z.string())], {
  error: 'expected a string or a list of strings',
});

const args = moduleArgs(
  {
    that: z.json(),
    fail_msg: message.default('Assertion failed'),
    success_msg: message.default('All assertions passed'),
    quiet: flag.default(false),
  },
  { aliases: { msg: 'fail_msg' } },
);

type AssertArgs = z.output<typeof args>;

interface ResolvedAssert extends Record<string, unknown> {
  readonly failed: Json | undefined;
  readonly msg: Json;
}

/** `assert`: fails if a condition is false. */
export const assert = defineModule<AssertArgs, ResolvedAssert>({
  name: 'assert',
  version: 1,
  kind: 'control',
  args,
  resolve(args, context) {
    const conditions = (Array.isArray(args.that) ? args.that : [args.that]) as Json[];
    const failed = conditions.find((condition) => !context.holds(condition));
    return { failed, msg: failed === undefined ? args.success_msg : args.fail_msg };
  },
  run({ failed, msg }) {
    if (failed === undefined) return { changed: false, msg: msg as string };
    const shown = Array.isArray(msg) ? msg.join('\n') : String(msg);
    throw new TaskFailure(shown, { assertion: failed, evaluated_to: false });
  },
});
