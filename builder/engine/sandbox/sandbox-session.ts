import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { ChangesWanted, EngineCommand, EngineResult, Session } from '../engine.js';
import type { LowerListing } from './lower-listing.js';
import { type ListingChanges, wantedChanges, whiteoutHeader } from '../root-listing.js';
import { pathList, readUpper } from './sandbox-changes.js';
import { runInCommandNamespace } from './sandbox-exec.js';
import { sandboxError } from './sandbox-error.js';
import { openShellInCommandNamespace } from './sandbox-shell.js';
import { findUser } from './sandbox-user.js';
import type { CommandNamespace, ToolNamespace } from './tool-namespace.js';
import { SessionGuard } from '../session-guard.js';
import { tarTrailer } from '../../tar/tar-header.js';
import {
  createOptions,
  extractOptions,
  goneMeanwhile,
  removeDirectories,
  tolerantOptions,
} from '../tar-options.js';
import { compareUppers, emptyUpper, settledUpper, type UpperState } from './upper-changes.js';

export interface SandboxParts {
  readonly toolNamespace: ToolNamespace;
  readonly commandNamespace: CommandNamespace;
  /** The contents of the layers. */
  lower(): LowerListing;
  /** Removes the session's files. */
  remove(): Promise<void>;
  /** The sandbox's folder, for messages. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Two changes of a file within this time may have the same ctime: kernels before 6.13 count in ticks. Milliseconds. */
const tick = 10;

const inRoot = (command: string) => `cd /root && exec ${command}`;

/** A session in namespaces over an overlay mount; its upper directory shows the changes. */
export class SandboxSession implements Session {
  readonly #parts: SandboxParts;
  readonly #guard: SessionGuard;
  readonly #onAbort = () => void this.close().catch(() => undefined);
  #closing: Promise<void> | undefined;
  /** The upper directory after the last `apply` or `changes`; undefined after an `apply`, until it is read. */
  #baseline: UpperState | undefined = emptyUpper;
  /** The upper directory before an `apply`. */
  #last: UpperState = emptyUpper;
  #lastRead = -Infinity;

  constructor(parts: SandboxParts) {
    this.#parts = parts;
    this.#guard = new SessionGuard(parts.signal, (error, doing) => sandboxError(doing, error, parts.folder));
    parts.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async apply(archive: Readable, removed: readonly string[], files: readonly string[]): Promise<void> {
    await this.#guard.run('change files', async () => {
      this.#baseline = undefined;
      await this.#forEach(removed, 'xargs -0 -r rm -rf --');
      await this.#forEach(files, `xargs -0 -r sh -c '${removeDirectories}' sh`);
      await this.#parts.toolNamespace.run(['tar', ...extractOptions, '--directory=/root'], {
        input: archive,
      });
    });
  }

  async exec(command: EngineCommand): Promise<EngineResult> {
    return this.#guard.run('run a command', async () => {
      this.#baseline ??= await this.#read(this.#last);
      const user = await findUser(command.user, (file) => this.#names(file));
      const sinceRead = performance.now() - this.#lastRead;
      if (sinceRead < tick) await setTimeout(tick - sinceRead);
      return runInCommandNamespace(this.#parts.commandNamespace, user, command);
    });
  }

  async changes({ settledSeconds, unwanted }: ChangesWanted = {}): Promise<Readable> {
    return this.#guard.run('read what changed', async () => {
      const started = Date.now() / 1000;
      const moving = settledSeconds !== undefined;
      const before = this.#baseline;
      const now = await this.#read(before ?? this.#last, moving);
      const after =
        moving && before !== undefined ? settledUpper(before, now, started - settledSeconds) : now;
      this.#baseline = this.#last = after;
      const changed = compareUppers(before ?? after, after, this.#lower);
      const changes = wantedChanges(changed, after.listing, unwanted);
      return Readable.from(this.#pack(changes, moving), { objectMode: false });
    });
  }

  async shell(): Promise<void> {
    this.#baseline ??= await this.#read(this.#last);
    await openShellInCommandNamespace(this.#parts.commandNamespace);
  }

  async close(): Promise<void> {
    this.#parts.signal?.removeEventListener('abort', this.#onAbort);
    await (this.#closing ??= this.#end());
  }

  async #end(): Promise<void> {
    await this.#parts.toolNamespace.close();
    await this.#parts.remove();
  }

  async #forEach(paths: readonly string[], command: string): Promise<void> {
    const input = Buffer.from(paths.map((path) => `.${path}\0`).join(''));
    if (paths.length > 0) await this.#parts.toolNamespace.run(['sh', '-c', inRoot(command)], { input });
  }

  async #names(file: 'passwd' | 'group'): Promise<string> {
    const text = await this.#parts.toolNamespace.run([
      'sh',
      '-c',
      `cat "/root/etc/${file}" 2>/dev/null || :`,
    ]);
    return text.toString('utf8');
  }

  readonly #lower = {
    has: (path: string) => this.#parts.lower().has(path),
    below: (path: string) => this.#parts.lower().below(path),
  };

  async #read(before: UpperState, moving = false): Promise<UpperState> {
    const lower = () => this.#parts.lower();
    const state = await readUpper(this.#parts.toolNamespace, { before, lower, moving });
    this.#lastRead = performance.now();
    return state;
  }

  async *#pack({ changed, removed }: ListingChanges, moving: boolean): AsyncGenerator<Buffer> {
    for (const path of removed) yield whiteoutHeader(path);
    if (changed.length === 0) {
      yield tarTrailer;
      return;
    }
    const options = [...createOptions, ...(moving ? tolerantOptions : [])];
    // Names in a layer have no leading "./".
    const input = Buffer.from(
      pathList(changed)
        .toString('latin1')
        .replaceAll(/(^|\0)\.\//g, '$1'),
      'latin1',
    );
    try {
      yield* this.#parts.toolNamespace.stream(['tar', '--directory=/root', ...options], {
        input,
        tolerated: moving ? goneMeanwhile : 0,
      });
    } catch (error) {
      throw this.#guard.explain(error, 'read what changed');
    }
  }
}
