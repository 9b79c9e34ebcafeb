import type { z } from 'zod';
import { moduleArgs, modeOrPreserve, text, textOrJson, path, flag, mode } from '../args.js';
import { attributeArgs } from '../root/attributes.js';

export const args = moduleArgs(
  {
    ...attributeArgs,
    mode: modeOrPreserve.optional(),
    src: text.optional(),
    content: textOrJson.optional(),
    dest: path,
    // Normalisation would drop backup files, so none are made.
    backup: flag.default(false),
    force: flag.default(true),
    follow: flag.default(false),
    local_follow: flag.optional(),
    remote_src: flag.default(false),
    directory_mode: mode.optional(),
    validate: text.optional(),
    checksum: text.optional(),
    decrypt: flag.optional(),
  },
  { refused: {} },
);

export type CopyArgs = z.output<typeof args>;
