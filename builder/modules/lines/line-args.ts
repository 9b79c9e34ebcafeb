import type { z } from 'zod';
import { moduleArgs, choice, text, flag } from '../args.js';
import { editArgs, pathAliases } from './edit-file.js';

export const args = moduleArgs(
  {
    ...editArgs,
    state: choice('present', 'absent').default('present'),
    regexp: text.optional(),
    search_string: text.optional(),
    line: text.optional(),
    insertafter: text.optional(),
    insertbefore: text.optional(),
    backrefs: flag.default(false),
    create: flag.default(false),
    firstmatch: flag.default(false),
  },
  { aliases: { ...pathAliases, regex: 'regexp', value: 'line' } },
);

export type LineArgs = z.output<typeof args>;
