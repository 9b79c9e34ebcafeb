import type { z } from 'zod';
import { moduleArgs, path } from '../args.js';
import { defineModule, TaskFailure } from '../task-failure.js';

const args = moduleArgs({ src: path }, { aliases: { path: 'src' } });

/** `slurp`: a file's bytes as base64. */
export const slurp = defineModule<z.output<typeof args>>({
  name: 'slurp',
  version: 1,
  kind: 'file',
  args,
  run({ src }, { root }) {
    const entry = root.stat(src);
    if (entry === undefined) throw new TaskFailure(`file not found: ${src}`);
    if (entry.type === 'directory') throw new TaskFailure(`source is a directory and must be a file: ${src}`);
    return { changed: false, content: root.read(src).toString('base64'), source: src, encoding: 'base64' };
  },
});
