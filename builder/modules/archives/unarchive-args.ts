import type { z } from 'zod';
import { moduleArgs, text, path, flag, list, integer } from '../args.js';
import { urlArgs } from '../downloads/url-source.js';
import { attributeArgs } from '../root/attributes.js';

const { validate_certs } = urlArgs;

export const args = moduleArgs({
  ...attributeArgs,
  src: text,
  dest: path,
  remote_src: flag.default(false),
  copy: flag.optional(),
  creates: path.optional(),
  list_files: flag.default(false),
  keep_newer: flag.default(false),
  include: list.default([]),
  exclude: list.default([]),
  extra_opts: list.default([]),
  validate_certs,
  // Accepted without effect.
  decrypt: flag.optional(),
  io_buffer_size: integer.optional(),
});

export type UnarchiveArgs = z.output<typeof args>;
