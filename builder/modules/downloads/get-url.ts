import { posix } from 'node:path';
import type { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import type { Json } from '../../json.js';
import type { Root } from '../../plan/view.js';
import { flag, moduleArgs, path, text } from '../args.js';
import { applyAttributes, attributeArgs, attributesOf, fileFacts } from '../root/attributes.js';
import { type Checksum, checksumMatches, hexOf } from '../root/checksum.js';
import { readChecksum } from './read-checksum.js';
import type { HostFile, ModuleContext } from '../module.js';
import { placeFile } from '../root/place-file.js';
import { defineModule, TaskFailure } from '../task-failure.js';
import { fetchUrl, hostFileOf, refusedUrlArgs, urlArgs } from './url-source.js';
import { withoutSecrets } from './download.js';

const args = moduleArgs(
  {
    ...attributeArgs,
    ...urlArgs,
    url: text,
    dest: path,
    checksum: text.default(''),
    force: flag.default(false),
    // Normalisation would drop backup files, so none are made.
    backup: flag.default(false),
    // Ansible's place for the partial file; here it is in memory.
    tmp_dest: path.optional(),
    use_proxy: flag.optional(),
  },
  {
    aliases: { username: 'url_username', password: 'url_password' },
    refused: {
      ...refusedUrlArgs,
      decompress: 'a compressed answer is always unpacked',
      use_netrc: 'use url_username and url_password',
    },
  },
);

type GetUrlArgs = z.output<typeof args>;

interface ResolvedGetUrl extends Record<string, unknown> {
  readonly args: GetUrlArgs;
  /** For a `file:` URL: the file on this machine. */
  readonly local?: HostFile | undefined;
}

/** `get_url`: fetches a file by http, https, or (`file:`) from this machine, and verifies its checksum (ansible/modules/get_url.py). */
export const getUrl = defineModule<GetUrlArgs, ResolvedGetUrl>({
  name: 'get_url',
  version: 1,
  kind: 'file',
  args,
  resolve: (args, context) => ({ args, local: hostFileOf(args.url, context) }),
  // Timeouts don't affect the result; a file of this machine counts by its digest.
  keyOf: ({ args, local }): Json => {
    const { timeout: _timeout, ...rest } = args;
    return { ...(rest as Record<string, Json>), local: local?.digest ?? null };
  },
  run: ({ args, local }, context) => getFile(args, local, context),
});

async function getFile(
  args: GetUrlArgs,
  local: HostFile | undefined,
  context: ModuleContext,
): Promise<TaskResult> {
  const { root } = context;
  const url = withoutSecrets(args.url);
  const wanted = args.checksum === '' ? undefined : await readChecksum(args.checksum, args.url, args);
  const there = root.stat(args.dest);
  if (there?.type === 'file' && !args.force && wanted && checksumMatches(root.read(args.dest), wanted)) {
    const changed = applyAttributes(root, args.dest, attributesOf(args));
    return { changed, msg: 'file already exists', url, dest: args.dest, ...fileFacts(root, args.dest) };
  }
  const { bytes, name } = await fetchUrl(args.url, args, local);
  const dest = there?.type === 'directory' ? posix.join(args.dest, name) : args.dest;
  checkBytes(bytes, wanted, dest);
  if (root.stat(posix.dirname(dest))?.type !== 'directory')
    throw new TaskFailure(`Destination ${posix.dirname(dest)} does not exist`, { url, dest });
  replaceLink(dest, context.root);
  const attributes = attributesOf(args);
  const result = await placeFile(
    { dest, basename: undefined, bytes, attributes, force: true, follow: false },
    context,
  );
  const sha1 = hexOf(bytes, 'sha1');
  return { ...result, url, dest, checksum_src: sha1, checksum_dest: sha1, msg: 'OK', status_code: 200 };
}

/** Replaces a link to a file by a file with the owner and mode of its target (AnsibleModule.atomic_move). */
function replaceLink(dest: string, root: Root): void {
  const target = root.lstat(dest)?.type === 'symlink' ? root.stat(dest) : undefined;
  if (target?.type !== 'file') return;
  const { mode, uid, gid } = target;
  root.put(dest, { type: 'file', mode, uid, gid, sameContentAs: target });
}

function checkBytes(bytes: Buffer, wanted: Checksum | undefined, dest: string): void {
  if (wanted === undefined || checksumMatches(bytes, wanted)) return;
  const found = hexOf(bytes, wanted.algorithm);
  throw new TaskFailure(`The checksum for ${dest} did not match ${wanted.hex}; it was ${found}.`, { dest });
}
