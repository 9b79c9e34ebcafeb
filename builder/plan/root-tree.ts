import { posix } from 'node:path';
import { BuilderError } from '../errors.js';
import type { Entry } from '../tar/entry.js';
import { type Digest, digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { NewEntry, Root } from './view.js';

interface Node {
  entry: Entry;
  children: Map<string, Node> | undefined;
}

export type LookKind = 'lstat' | 'stat' | 'readdir';

/** Called for every read of the root by a step, to decide later whether a cached result is still valid. */
export type LookListener = (kind: LookKind, path: string, seen: string) => void;

/** Summarises an entry for comparison: equal texts mean that a step would read the same. Ignores times. */
export function identityOf(entry: Entry | undefined): string {
  if (entry === undefined) return 'none';
  const { path, type, mode, uid, gid, target, content, device, xattrs } = entry;
  const rest = device === undefined && xattrs === undefined ? '' : JSON.stringify([device, xattrs]);
  return `${path}|${type}|${mode.toString(8)}|${uid}:${gid}|${target ?? content?.digest ?? ''}|${rest}`;
}

const maxLinks = 40;

/**
 * A root file system as a tree of entries: layers are applied from the lowest up, changes are made with `put`, `touch`
 * and `remove` and are collected until `takeChanges`.
 */
export class RootTree implements Root {
  readonly #store: Store;
  readonly #epoch: number;
  readonly #top: Node;
  #changes = new Map<string, Entry>();
  /** Identities of the entries that the running step replaced. */
  #replaced = new Map<string, string>();
  #listener: LookListener | undefined;

  constructor(store: Store, epoch: number) {
    this.#store = store;
    this.#epoch = epoch;
    this.#top = {
      entry: { path: '/', type: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: epoch },
      children: new Map(),
    };
  }

  /** Applies a layer's entries, in their order; they do not count as changes. */
  apply(entries: readonly Entry[]): void {
    for (const entry of entries) this.#place(entry);
  }

  /** Like `apply`, but counts the entries as changes of the running step (made in a container). */
  record(entries: readonly Entry[]): void {
    for (const entry of entries) this.#keep(entry);
  }

  /** Returns `netChanges`, and forgets them. */
  takeChanges(): readonly Entry[] {
    const { netChanges } = this;
    this.#changes = new Map();
    this.#replaced = new Map();
    return netChanges;
  }

  /** The changes since the last `takeChanges`, sorted by path. */
  get changes(): readonly Entry[] {
    return [...this.#changes.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** `changes`, without entries that were both added and removed. */
  get netChanges(): readonly Entry[] {
    return this.changes.filter(
      ({ path, type }) => type !== 'whiteout' || this.#replaced.get(path) !== identityOf(undefined),
    );
  }

  /** Digest of the entries that the changes replaced; compare with `replacedDigest` of another root. */
  get replaced(): Digest {
    return digestOf(this.netChanges.map(({ path }) => `${path} ${this.#replaced.get(path)}`).join('\n'));
  }

  /** Calls `listener` for every read of a step from now on, except of entries that the step made. */
  listen(listener: LookListener | undefined): void {
    this.#listener = listener;
  }

  lstat(path: string): Entry | undefined {
    return this.#look('lstat', path);
  }

  stat(path: string): Entry | undefined {
    return this.#look('stat', path);
  }

  readdir(path: string): string[] {
    const { real, asked } = this.#resolve(path, true);
    const names = [...(this.#find(real)?.children?.keys() ?? [])].sort();
    if (this.#listening(real)) this.#listener?.('readdir', asked, digestOf(names.join('/')));
    return names;
  }

  read(path: string): Buffer {
    const entry = this.stat(path);
    if (entry?.content === undefined) {
      const what = entry === undefined ? 'there is no such file' : `it is a ${entry.type}`;
      throw new BuilderError(`can't read ${path} in the image: ${what}`, { code: 'not-found' });
    }
    return this.#store.read(entry.content.slice);
  }

  realpath(path: string): string {
    this.stat(path);
    return this.#real(path, true);
  }

  put(path: string, entry: NewEntry): void {
    const place = this.#real(path, false);
    const parent = this.#find(posix.dirname(place));
    if (parent?.entry.type !== 'directory') {
      throw new BuilderError(`can't write ${path} in the image: ${posix.dirname(place)} is not a directory`, {
        code: 'not-found',
        hint: 'make the directory first, with `file: {path: …, state: directory}`',
      });
    }
    this.#change(this.#complete(place, entry));
  }

  touch(path: string, change: { mode?: number; uid?: number; gid?: number }): void {
    const node = this.#find(this.#real(path, false));
    if (node === undefined) throw new BuilderError(`${path} is not in the image`, { code: 'not-found' });
    this.#change({ ...node.entry, ...change });
  }

  remove(path: string): void {
    const place = this.#real(path, false);
    if (place === '/' || this.#find(place) === undefined) return;
    this.#change({ path: place, type: 'whiteout', mode: 0, uid: 0, gid: 0, mtime: this.#epoch });
  }

  /** Every entry at and below `path`, sorted by path; follows a last symlink. */
  *below(path: string): Generator<Entry> {
    const node = this.#find(this.#real(path, true));
    if (node !== undefined) yield* walk(node);
  }

  #change(entry: Entry): void {
    const remade = entry.type === 'directory' && this.#changes.get(entry.path)?.type === 'whiteout';
    this.#keep(remade ? { ...entry, opaque: true } : entry);
  }

  #keep(entry: Entry): void {
    const before = this.#find(entry.path);
    if (!this.#replaced.has(entry.path)) this.#replaced.set(entry.path, identityOf(before?.entry));
    this.#place(entry);
    if (before?.children?.size && (entry.type !== 'directory' || entry.opaque === true))
      this.#forgetBelow(entry.path);
    const opaque = entry.type === 'directory' && this.#changes.get(entry.path)?.opaque === true;
    this.#changes.set(entry.path, opaque ? { ...entry, opaque: true } : entry);
  }

  #forgetBelow(path: string): void {
    const prefix = `${path}/`;
    for (const changed of this.#changes.keys()) if (changed.startsWith(prefix)) this.#changes.delete(changed);
  }

  #complete(path: string, entry: NewEntry): Entry {
    if (entry.type === 'hardlink') {
      const target = this.#real(entry.target, false);
      const shared = this.#find(target)?.entry;
      if (shared?.type !== 'file') {
        throw new BuilderError(`can't link ${path} to ${entry.target}: that is not a file`, {
          code: 'not-found',
        });
      }
      return { ...shared, path, type: 'hardlink', target };
    }
    const mtime = ('mtime' in entry ? entry.mtime : undefined) ?? this.#epoch;
    if (entry.type === 'symlink') return { path, mode: 0o777, mtime, ...entry };
    if (entry.type !== 'file') return { path, ...entry, mtime };
    const { mode, uid, gid } = entry;
    const content =
      'content' in entry
        ? this.#stored(entry.content)
        : 'hostFile' in entry
          ? this.#storedFile(entry.hostFile)
          : entry.sameContentAs.content;
    const xattrs = entry.xattrs === undefined ? {} : { xattrs: entry.xattrs };
    return { path, type: 'file', mode, uid, gid, mtime, ...xattrs, ...(content && { content }) };
  }

  #stored(bytes: Buffer): NonNullable<Entry['content']> {
    const digest = bytes.length === 0 ? digestOf(bytes) : this.#store.put(bytes);
    return { digest, slice: { blob: digest, offset: 0, size: bytes.length } };
  }

  #storedFile(path: string): NonNullable<Entry['content']> {
    const { digest, size } = this.#store.putFile(path);
    return { digest, slice: { blob: digest, offset: 0, size } };
  }

  #place(entry: Entry): void {
    if (entry.path === '/') {
      this.#top.entry = entry;
      return;
    }
    const parent = this.#makeDirectory(posix.dirname(entry.path));
    const name = posix.basename(entry.path);
    if (entry.type === 'whiteout') {
      parent.delete(name);
      return;
    }
    const below = entry.type === 'directory' ? this.#kept(parent.get(name), entry) : undefined;
    parent.set(name, { entry: this.#unlinked(entry), children: below });
  }

  #kept(node: Node | undefined, entry: Entry): Map<string, Node> {
    return (entry.opaque === true ? undefined : node?.children) ?? new Map<string, Node>();
  }

  /** Turns a hardlink into a copy of its file, so that replacing either leaves the other. */
  #unlinked(entry: Entry): Entry {
    if (entry.type !== 'hardlink') return entry;
    const { target, content: own, ...rest } = entry;
    const shared = target === undefined ? undefined : this.#find(target)?.entry;
    const content = own ?? shared?.content;
    const { mode, uid, gid, xattrs } = shared ?? rest;
    return { ...rest, mode, uid, gid, type: 'file', ...(xattrs && { xattrs }), ...(content && { content }) };
  }

  #makeDirectory(path: string): Map<string, Node> {
    let node = this.#top;
    if (path !== '/') {
      let at = '';
      for (const name of path.slice(1).split('/')) {
        at += `/${name}`;
        node.children ??= new Map();
        let child = node.children.get(name);
        if (child === undefined) {
          const entry: Entry = {
            path: at,
            type: 'directory',
            mode: 0o755,
            uid: 0,
            gid: 0,
            mtime: this.#epoch,
          };
          child = { entry, children: new Map() };
          node.children.set(name, child);
        }
        node = child;
      }
    }
    return (node.children ??= new Map());
  }

  #find(real: string): Node | undefined {
    let node: Node | undefined = this.#top;
    if (real === '/') return node;
    for (const name of real.slice(1).split('/')) {
      node = node.children?.get(name);
      if (node === undefined) return undefined;
    }
    return node;
  }

  #real(path: string, followLast: boolean): string {
    return this.#resolve(path, followLast).real;
  }

  /** Resolves `path`. `asked` is the path that was read of the root before the step: it skips links that the step made. */
  #resolve(path: string, followLast: boolean): { real: string; asked: string } {
    let asked = path;
    let links = 0;
    let left = posix.normalize(`/${path}`).split('/').filter(Boolean);
    let real = '/';
    let node: Node | undefined = this.#top;
    while (left.length > 0) {
      const name = left.shift() as string;
      if (name === '..') {
        real = posix.dirname(real);
        node = this.#find(real);
        continue;
      }
      const child: Node | undefined = node?.children?.get(name);
      if (child?.entry.type === 'symlink' && (followLast || left.length > 0)) {
        if (++links > maxLinks)
          throw new BuilderError(`too many symbolic links at ${path} in the image`, { code: 'failed' });
        const target = child.entry.target ?? '';
        left = [...target.split('/').filter((part) => part !== '' && part !== '.'), ...left];
        if (target.startsWith('/')) {
          real = '/';
          node = this.#top;
        }
        if (this.#changes.has(child.entry.path)) asked = posix.join(real, ...left);
        continue;
      }
      real = real === '/' ? `/${name}` : `${real}/${name}`;
      node = child;
    }
    return { real, asked };
  }

  #look(kind: 'lstat' | 'stat', path: string): Entry | undefined {
    const { real, asked } = this.#resolve(path, kind === 'stat');
    const entry = this.#find(real)?.entry;
    if (this.#listening(real)) this.#listener?.(kind, asked, identityOf(entry));
    return entry;
  }

  #listening(real: string): boolean {
    return this.#listener !== undefined && !this.#madeHere(real);
  }

  #madeHere(real: string): boolean {
    if (this.#changes.size === 0) return false;
    if (this.#changes.has(real)) return true;
    for (let at = posix.dirname(real); at !== '/'; at = posix.dirname(at)) {
      const change = this.#changes.get(at);
      if (change !== undefined && (change.type !== 'directory' || change.opaque === true)) return true;
    }
    return false;
  }
}

function* walk(node: Node): Generator<Entry> {
  yield node.entry;
  if (node.children === undefined) return;
  for (const name of [...node.children.keys()].sort()) yield* walk(node.children.get(name) as Node);
}
