import { posix } from 'node:path';
import { Readable } from 'node:stream';
import type {
  ChangesWanted,
  Engine,
  EngineCommand,
  EngineLayer,
  EngineResult,
  Session,
} from '../engine/engine.js';
import { digestOf } from '../store/digest.js';
import type { Entry } from '../tar/entry.js';
import { padding, tarHeader } from '../tar/tar-header.js';
import { readTar } from '../tar/tar-reader.js';

/** The root of a session, for scripted commands. */
export interface FakeRoot {
  /** A file's text; undefined if there is none. */
  read(path: string): string | undefined;
  write(path: string, text: string): void;
  remove(path: string): void;
  /** Prints text, like a command. */
  print(text: string): void;
}

/** Stands in for a program: returns its exit code, by default 0. */
export type FakeCommand = (root: FakeRoot, command: EngineCommand) => number | void | Promise<number | void>;

/** An engine in memory. Its commands are functions, by the first word of the command line. */
export class FakeEngine implements Engine {
  readonly name = 'sandbox';
  readonly sessions: FakeSession[] = [];
  /** The diffIDs of each opened session. */
  readonly opened: string[][] = [];
  readonly #commands: Readonly<Record<string, FakeCommand>>;

  constructor(commands: Readonly<Record<string, FakeCommand>> = {}) {
    this.#commands = commands;
  }

  async open(layers: readonly EngineLayer[]): Promise<FakeSession> {
    const session = new FakeSession(this.#commands);
    for (const layer of layers) await session.apply(layer.open(), []);
    session.applied.length = 0;
    this.sessions.push(session);
    this.opened.push(layers.map(({ diffId }) => diffId));
    return session;
  }
}

/** The root of such an engine: paths and texts of files only. */
export class FakeSession implements Session {
  readonly files = new Map<string, string>();
  /** Command lines that ran, in words. */
  readonly ran: (readonly string[])[] = [];
  /** Paths of each `apply`, with "-" before removed ones. */
  readonly applied: string[][] = [];
  closed = false;
  shells = 0;
  readonly #commands: Readonly<Record<string, FakeCommand>>;
  readonly #changed = new Set<string>();

  constructor(commands: Readonly<Record<string, FakeCommand>>) {
    this.#commands = commands;
  }

  async apply(archive: Readable, removed: readonly string[]): Promise<void> {
    for (const path of removed) this.#removeBelow(path);
    const brought: string[] = removed.map((path) => `-${path}`);
    const texts = new Map<string, Buffer[]>();
    let into: Buffer[] = [];
    await readTar(archive, {
      raw: () => Promise.resolve(),
      entry: ({ path, type }) => {
        brought.push(path);
        into = [];
        if (type === 'file') texts.set(path, into);
      },
      data: (chunk) => into.push(Buffer.from(chunk)),
    });
    for (const [path, pieces] of texts) this.files.set(path, Buffer.concat(pieces).toString());
    this.applied.push(brought);
  }

  async exec(command: EngineCommand): Promise<EngineResult> {
    this.ran.push(command.argv);
    const run = this.#commands[command.argv[0] ?? ''];
    if (run === undefined) throw new Error(`no command ${command.argv[0]} was scripted`);
    let stdout = '';
    const root: FakeRoot = {
      read: (path) => this.files.get(path),
      write: (path, text) => {
        this.files.set(path, text);
        this.#changed.add(path);
      },
      remove: (path) => {
        for (const gone of this.#removeBelow(path)) this.#changed.add(gone);
      },
      print: (text) => {
        stdout += text;
        command.onOutput?.(text);
      },
    };
    const exitCode = (await run(root, command)) ?? 0;
    return { exitCode, stdout, stderr: '', timedOut: exitCode === timedOut };
  }

  changes({ unwanted }: ChangesWanted = {}): Promise<Readable> {
    const isWanted = (path: string) => !this.files.has(path) || unwanted?.(path) !== true;
    const paths = [...this.#changed].filter(isWanted).sort();
    this.#changed.clear();
    const members = paths.flatMap((path) => member(path, this.files.get(path)));
    return Promise.resolve(Readable.from([...members, Buffer.alloc(1024)], { objectMode: false }));
  }

  shell(): Promise<void> {
    this.shells += 1;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #removeBelow(path: string): string[] {
    const gone = [...this.files.keys()].filter((one) => one === path || one.startsWith(`${path}/`));
    for (const one of gone) this.files.delete(one);
    return gone;
  }
}

/** The exit code of a scripted command that counts as timed out. */
export const timedOut = 124;

/** A file, or the whiteout of a removed one. */
function member(path: string, text: string | undefined): Buffer[] {
  const owner = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
  if (text === undefined) {
    const whiteout = posix.join(posix.dirname(path), `.wh.${posix.basename(path)}`);
    return [tarHeader({ path: whiteout, type: 'file', ...owner }, whiteout.slice(1))];
  }
  const bytes = Buffer.from(text);
  const digest = digestOf(bytes);
  const content = { digest, slice: { blob: digest, offset: 0, size: bytes.length } };
  const entry: Entry = { path, type: 'file', ...owner, content };
  return [tarHeader(entry, path.slice(1)), bytes, padding(bytes.length)];
}
