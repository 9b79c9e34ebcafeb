import { Readable } from 'node:stream';
import type { Engine, EngineLayer, EngineResult, Session } from '../engine/engine.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from '../image/merge-entries.js';
import type { LeftOut } from '../build-event.js';
import { leftOutByPath } from '../image/normalise/left-out.js';
import { normaliseEntries } from '../image/normalise/normalise-entries.js';
import { readLayer } from '../image/read-layer.js';
import { tarChunks } from '../image/tar-chunks.js';
import { ChangePoller } from './change-poller.js';
import type { RootState } from '../plan/root-state.js';
import type { ExecCommand } from '../plan/step.js';
import type { Store } from '../store/store.js';
import type { Timer } from '../system/timer.js';

const cleanEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};

interface SessionParts {
  /** The engine, chosen when the first command needs one. */
  engine(): Promise<Engine>;
  readonly state: RootState;
  readonly store: Store;
  /** The base's layers as an engine takes them, lowest first. */
  base(engine: Engine): readonly EngineLayer[];
  readonly platform: string;
  readonly epoch: number;
  /** The environment in the base's configuration: commands see it, as after a Dockerfile's FROM. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  onOutput(text: string): void;
  /** Called while a long command runs, with its changes so far. */
  onChanges(entries: readonly Entry[]): void;
  readonly timer: Timer;
}

/** The outcome of a command. */
export interface CommandOutcome {
  readonly result: EngineResult;
  /** Normalised. */
  readonly changes: Entry[];
  /** Changes that `changes` omits, because images must not have them. */
  readonly leftOut: readonly LeftOut[];
  readonly ms: number;
}

/** Files unchanged for so long are read while the command still runs. */
const settledSeconds = 1;

/** One session of an engine for all exec steps of a build: opened at the first, synchronised before each. */
export class BuildSession {
  readonly #with: SessionParts;
  #session: Session | undefined;
  /** Number of the state's fragments that the session has applied. */
  #applied = 1;
  #engine: Engine | undefined;

  constructor(parts: SessionParts) {
    this.#with = parts;
  }

  /**
   * Runs a command on the state's root with `pending` (the changes so far of the running step), and returns the command's
   * changes, normalised. The session keeps these changes. Output of a secret command is not shown.
   */
  async exec(command: ExecCommand, pending: readonly Entry[], secret = false): Promise<CommandOutcome> {
    const { store, state, environment, epoch } = this.#with;
    const session = await this.#open();
    const fragments = state.fragments.slice(this.#applied).map((fragment) => fragment.entries());
    await apply(session, mergeEntries([...fragments, pending]), store);
    this.#applied = state.fragments.length;
    const leftOut = new Map<string, string>();
    const poller = new ChangePoller({
      ...this.#with,
      read: () => this.#read(session, leftOut, settledSeconds),
    });
    try {
      const started = performance.now();
      const result = await session.exec({
        argv: command.argv,
        environment: {
          ...cleanEnvironment,
          SOURCE_DATE_EPOCH: String(epoch),
          ...environment,
          ...command.environment,
        },
        user: command.user ?? 'root',
        cwd: command.cwd ?? '/',
        stdin: command.stdin,
        network: command.network,
        timeoutSeconds: command.timeoutSeconds,
        ...(secret ? {} : { onOutput: (text: string) => this.#with.onOutput(text) }),
      });
      const ms = performance.now() - started;
      await poller.stop();
      const changes = mergeEntries([...poller.found, await this.#read(session, leftOut)]);
      return { result, ms, changes, leftOut: [...leftOut].map(([path, what]) => ({ path, what })) };
    } finally {
      await poller.stop();
    }
  }

  /** Reads the changes since the last call, normalised. Adds omitted paths to `leftOut`, and removes deleted ones from it. */
  async #read(session: Session, leftOut: Map<string, string>, settled?: number): Promise<Entry[]> {
    const { store, epoch } = this.#with;
    const unwanted = (path: string): boolean => {
      const what = leftOutByPath(path);
      if (what !== undefined) leftOut.set(path, what);
      return what !== undefined;
    };
    const read = await readLayer(await session.changes({ settledSeconds: settled, unwanted }), store);
    const { entries, leftOut: more } = normaliseEntries(read.entries, epoch, store);
    for (const { path, what } of more) leftOut.set(path, what);
    return entries.filter((entry) => entry.type !== 'whiteout' || this.#hides(entry.path, leftOut));
  }

  /** Whether a whiteout removes a path of the root, not only one that was left out before. */
  #hides(path: string, leftOut: Map<string, string>): boolean {
    for (const one of leftOut.keys()) if (one === path || one.startsWith(`${path}/`)) leftOut.delete(one);
    return leftOutByPath(path) === undefined || this.#with.state.tree.lstat(path) !== undefined;
  }

  /** Marks the last step's changes as applied: the session made them. */
  settled(): void {
    if (this.#session !== undefined) this.#applied = this.#with.state.fragments.length;
  }

  /** The base's environment. */
  get environment(): Readonly<Record<string, string>> {
    return this.#with.environment;
  }

  /** The engine that ran commands, if any step needed one. */
  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** Opens a shell in the session, if there is one. */
  async shell(): Promise<void> {
    await this.#session?.shell();
  }

  async close(): Promise<void> {
    await this.#session?.close();
    this.#session = undefined;
  }

  async #open(): Promise<Session> {
    const { base, platform, signal } = this.#with;
    const engine = (this.#engine ??= await this.#with.engine());
    return (this.#session ??= await engine.open(base(engine), { platform, signal }));
  }
}

async function apply(session: Session, entries: readonly Entry[], store: Store): Promise<void> {
  const gone = entries
    .filter(({ type, opaque }) => type === 'whiteout' || opaque === true)
    .map(({ path }) => path);
  const kept = entries
    .filter(({ type }) => type !== 'whiteout')
    .map(({ opaque: _opaque, ...entry }) => entry);
  const files = kept.filter(({ type }) => type !== 'directory').map(({ path }) => path);
  if (entries.length > 0)
    await session.apply(Readable.from(tarChunks(kept, store), { objectMode: false }), gone, files);
}
