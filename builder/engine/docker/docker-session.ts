import { Readable } from 'node:stream';
import { dockerError } from './docker-client.js';
import { startAlone } from './exec-without-network.js';
import { openShell } from './docker-shell.js';
import type { KeptContainer } from './kept-container.js';
import type { ExecInput } from './resources/exec.js';
import { finishCommand, runCommand, startOwn } from './session-command.js';
import type { ChangesWanted, EngineCommand, EngineResult, Session } from '../engine.js';
import {
  compareListings,
  listingFormat,
  parseListing,
  settledListing,
  wantedChanges,
  whiteoutHeader,
  type ListingChanges,
  type RootListing,
} from '../root-listing.js';
import { SessionGuard } from '../session-guard.js';
import { lacksPrograms, missingPrograms } from './session-programs.js';
import { tarTrailer } from '../../tar/tar-header.js';
import {
  createOptions,
  extractOptions,
  goneMeanwhile,
  removeDirectories,
  tolerantOptions,
} from '../tar-options.js';

const extract = ['tar', ...extractOptions, '--directory=/'];
const create = ['tar', '--directory=/', ...createOptions];

/** A session in a running container, whose first process ends with the builder. */
export class DockerSession implements Session {
  readonly #kept: KeptContainer;
  readonly #host: string | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #guard: SessionGuard;
  readonly #onAbort = () => void this.close().catch(() => undefined);
  #closing: Promise<void> | undefined;
  /** The root after the last `apply` or `changes`; undefined after an `apply`, until it is listed. */
  #baseline: RootListing | undefined;

  constructor(
    kept: KeptContainer,
    { host, signal }: { readonly host?: string | undefined; readonly signal?: AbortSignal | undefined },
  ) {
    this.#kept = kept;
    this.#host = host;
    this.#signal = signal;
    this.#guard = new SessionGuard(signal, dockerError);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async apply(archive: Readable, removed: readonly string[], files: readonly string[]): Promise<void> {
    await this.#guard.run('change files in the container', async () => {
      this.#baseline = undefined;
      await this.#forEach(removed, ['rm', '-rf', '--']);
      await this.#forEach(files, ['sh', '-c', removeDirectories, 'sh']);
      await this.#own(extract, archive);
    });
  }

  async exec(command: EngineCommand): Promise<EngineResult> {
    return this.#guard.run('run a command in the container', async () => {
      this.#baseline ??= await this.#list();
      if (command.network !== 'none') return runCommand(this.#kept, command);
      const running = await startAlone(this.#kept, command);
      return finishCommand(this.#kept, running, command);
    });
  }

  async changes({ settledSeconds, unwanted }: ChangesWanted = {}): Promise<Readable> {
    return this.#guard.run("read the container's changes", async () => {
      const started = Date.now() / 1000;
      const moving = settledSeconds !== undefined;
      const now = await this.#list(moving ? goneMeanwhile : 0);
      const before = this.#baseline ?? now;
      const after = moving ? settledListing(before, now, started - settledSeconds) : now;
      this.#baseline = after;
      const changes = wantedChanges(compareListings(before, after), after, unwanted);
      return Readable.from(this.#pack(changes, moving), { objectMode: false });
    });
  }

  async shell(): Promise<void> {
    this.#baseline ??= await this.#list();
    await openShell(this.#kept, this.#host);
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    await (this.#closing ??= this.#kept.containers.remove(this.#kept.id));
  }

  async #forEach(paths: readonly string[], command: readonly string[]): Promise<void> {
    const list = Buffer.from(paths.map((path) => `${path}\0`).join(''));
    if (paths.length > 0) await this.#own(['xargs', '-0', '-r', ...command], list);
  }

  async #list(tolerated = 0): Promise<RootListing> {
    const find = ['find', '/', '-xdev', '-ignore_readdir_race', '-printf', listingFormat];
    return parseListing(await this.#own(find, undefined, tolerated));
  }

  async *#pack({ changed, removed }: ListingChanges, moving: boolean): AsyncGenerator<Buffer> {
    for (const path of removed) yield whiteoutHeader(path);
    if (changed.length === 0) {
      yield tarTrailer;
      return;
    }
    const list = Buffer.from(changed.map((path) => `${path}\0`).join(''), 'latin1');
    try {
      yield* moving
        ? this.#stream([...create, ...tolerantOptions], list, goneMeanwhile)
        : this.#stream(create, list);
    } catch (error) {
      throw this.#guard.explain(error, "read the container's changes");
    }
  }

  /** Runs one of the builder's own commands and returns its output. */
  async #own(argv: readonly string[], input?: ExecInput, tolerated = 0): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const bytes of this.#stream(argv, input, tolerated)) pieces.push(bytes);
    return Buffer.concat(pieces);
  }

  async *#stream(argv: readonly string[], input?: ExecInput, tolerated = 0): AsyncGenerator<Buffer> {
    const running = await startOwn(this.#kept, argv, input);
    let complaints = '';
    for await (const { channel, bytes } of running.output) {
      if (channel === 'stdout') yield bytes;
      else complaints += bytes.toString();
    }
    const exitCode = await running.exitCode();
    if (exitCode === 0 || exitCode === tolerated) return;
    const missing = await missingPrograms(this.#kept).catch(() => []);
    if (missing.length > 0) throw lacksPrograms(missing);
    throw new Error(`${argv[0]} ended with ${exitCode}: ${complaints.trim().slice(-2000)}`);
  }
}
