import type { LowerListing } from './lower-listing.js';
import { listingFormat, parseListing, type RawPath, type RootListing } from '../root-listing.js';
import type { ToolNamespace } from './tool-namespace.js';
import { goneMeanwhile } from '../tar-options.js';
import type { UpperState } from './upper-changes.js';

const find = ['find', '/upper', '-mindepth', '1', '-ignore_readdir_race', '-printf', listingFormat];

/** Prints the device numbers of paths from standard input; a whiteout's are 0:0 (the kernel's overlayfs.rst, "whiteouts"). */
const devices = `cd /upper && xargs -0 -r stat --printf '%t:%T %n\\0' -- 2>/dev/null || :`;

/**
 * Lists directories, first in the root, then in the upper directory. The second list has a whiteout for each entry removed
 * in between.
 */
const contents = `
cd /root && xargs -0 -r sh -c '
  find "$@" -mindepth 1 -maxdepth 1 -print0
  cd /upper
  find "$@" -mindepth 1 -maxdepth 1 -print0
' sh 2>/dev/null || :`;

/** Reads a session's upper directory. */
export async function readUpper(
  toolNamespace: ToolNamespace,
  { before, lower, moving }: { before: UpperState; lower: () => LowerListing; moving: boolean },
): Promise<UpperState> {
  const found = parseListing(await toolNamespace.run(find, { tolerated: moving ? goneMeanwhile : 0 }));
  const nodes = await findWhiteouts(toolNamespace, found);
  const { listing, whiteouts } = toolNamespace.byFuse
    ? readMarks(found, nodes)
    : { listing: found, whiteouts: nodes };
  return { listing, whiteouts, opaque: await findOpaque(toolNamespace, { listing, before, lower }) };
}

async function findWhiteouts(toolNamespace: ToolNamespace, listing: RootListing): Promise<Set<RawPath>> {
  const nodes = [...listing].filter(([, { type }]) => type === 'c').map(([path]) => path);
  if (nodes.length === 0) return new Set();
  const told = await toolNamespace.run(['sh', '-c', devices], { input: pathList(nodes) });
  const records = told.toString('latin1').split('\0');
  return new Set(records.filter((record) => record.startsWith('0:0 ./')).map((record) => record.slice(6)));
}

const opaqueMark = '.wh..wh..opq';

/** Reads the marks of fuse-overlayfs: files for replaced directories, and for removed paths if it can't create device nodes. */
function readMarks(
  found: RootListing,
  nodes: ReadonlySet<RawPath>,
): Pick<UpperState, 'listing' | 'whiteouts'> {
  const listing = new Map(found);
  const whiteouts = new Set(nodes);
  for (const [path, entry] of found) {
    const gone = unmarked(path);
    if (gone === path) continue;
    listing.delete(path);
    if (path.endsWith(opaqueMark)) continue;
    listing.set(gone, entry);
    whiteouts.add(gone);
  }
  return { listing, whiteouts };
}

function unmarked(path: RawPath): RawPath {
  return path.replace(/(^|\/)\.wh\.([^/]*)$/s, '$1$2');
}

/** Directories that replace directories of lower layers, and hide their contents. */
async function findOpaque(
  toolNamespace: ToolNamespace,
  { listing, before, lower }: { listing: RootListing; before: UpperState; lower: () => LowerListing },
): Promise<Set<RawPath>> {
  const opaque = new Set<RawPath>();
  const fresh: RawPath[] = [];
  for (const [path, { type, stamp }] of listing) {
    if (type !== 'd') continue;
    if (before.listing.get(path)?.stamp !== stamp) fresh.push(path);
    else if (before.opaque.has(path)) opaque.add(path);
  }
  const doubtful = fresh.length === 0 ? [] : fresh.filter((path) => lower().isDirectory(path));
  if (doubtful.length === 0) return opaque;
  const told = await toolNamespace.run(['sh', '-c', contents], { input: pathList(doubtful) });
  const names = told.toString('latin1').split('\0');
  const there = new Set(toolNamespace.byFuse ? names.map(unmarked) : names);
  for (const path of doubtful)
    for (const child of lower().children(path))
      if (!there.has(`./${child}`)) {
        opaque.add(path);
        break;
      }
  return opaque;
}

/** Input for xargs -0, relative to a root. */
export function pathList(paths: readonly RawPath[]): Buffer {
  return Buffer.from(paths.map((path) => `./${path}\0`).join(''), 'latin1');
}
