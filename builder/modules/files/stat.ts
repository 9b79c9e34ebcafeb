import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import { choice, flag, moduleArgs, path } from '../args.js';
import type { ModuleContext } from '../module.js';
import { pathFacts } from '../root/path-facts.js';
import { defineModule } from '../task-failure.js';

const args = moduleArgs(
  {
    path,
    follow: flag.default(false),
    get_checksum: flag.default(true),
    get_md5: flag.default(false),
    checksum_algorithm: choice('md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512').default('sha1'),
    // An image has no `file` program and no chattr flags; the results say so.
    get_mime: flag.default(true),
    get_attributes: flag.default(true),
  },
  {
    aliases: {
      dest: 'path',
      name: 'path',
      checksum: 'checksum_algorithm',
      checksum_algo: 'checksum_algorithm',
      mime: 'get_mime',
      mime_type: 'get_mime',
      'mime-type': 'get_mime',
      attr: 'get_attributes',
      attributes: 'get_attributes',
    },
  },
);

type StatArgs = z.output<typeof args>;

/** `stat`: the state of a path (ansible/modules/stat.py). */
export const stat = defineModule<StatArgs>({ name: 'stat', version: 1, kind: 'file', args, run: runStat });

function runStat(args: StatArgs, { root, epoch }: ModuleContext): TaskResult {
  const clean = args.path.replace(/(.)\/$/, '$1');
  const entry = args.follow || args.path !== clean ? root.stat(clean) : root.lstat(clean);
  if (entry === undefined) return { changed: false, stat: { exists: false } };
  const target = root.stat(clean);
  return {
    changed: false,
    stat: {
      exists: true,
      path: args.path,
      ...pathFacts(root, entry, epoch),
      // A build runs as root, who can read everything and run what has an x bit.
      readable: target !== undefined,
      writeable: target !== undefined,
      executable: target !== undefined && (target.type === 'directory' || (target.mode & 0o111) !== 0),
      ...(entry.type === 'symlink' && { lnk_source: root.realpath(clean), lnk_target: entry.target ?? '' }),
      ...(entry.type === 'file' && checksums(args, root.read(clean))),
      ...(args.get_mime && { mimetype: 'unknown', charset: 'unknown' }),
      ...(args.get_attributes && { version: null, attributes: [], attr_flags: '' }),
    },
  };
}

function checksums(args: StatArgs, bytes: Buffer): { checksum?: string; md5?: string } {
  const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
  return {
    ...(args.get_checksum && { checksum: hash(args.checksum_algorithm) }),
    ...(args.get_md5 && { md5: hash('md5') }),
  };
}
