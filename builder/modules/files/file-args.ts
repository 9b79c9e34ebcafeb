import type { z } from 'zod';
import { choice, flag, moduleArgs, path, text } from '../args.js';
import { attributeArgs } from '../root/attributes.js';

export const noTimes = 'times in an image are the build epoch';

export const args = moduleArgs(
  {
    ...attributeArgs,
    path,
    state: choice('absent', 'directory', 'file', 'hard', 'link', 'touch').optional(),
    src: text.optional(),
    recurse: flag.default(false),
    force: flag.default(false),
    follow: flag.default(true),
    // The layer's times are normalised, so that preserving them changes nothing.
    access_time: choice('preserve').optional(),
    modification_time: choice('preserve').optional(),
  },
  {
    aliases: { dest: 'path', name: 'path' },
    refused: { access_time_format: noTimes, modification_time_format: noTimes },
  },
);

export type FileArgs = z.output<typeof args>;

export type FileState = NonNullable<FileArgs['state']>;
