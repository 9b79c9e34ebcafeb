import type { Readable, Writable } from 'node:stream';
import { BuilderError } from '../../../errors.js';
import type { FoundPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { pipedCommand } from './piped-command.js';

/**
 * As root through the server's own socket, which lets root in by who it is: there is no password, and views and triggers keep
 * their owners.
 */
const asRoot = ['--no-defaults', '--skip-ssl', '--user=root', '--max-allowed-packet=1G'];

/** The database of an environment, in a container that runs. */
export class DatabaseCopy {
  readonly #context: LocalContext;
  readonly #container: string;
  readonly name: string;

  /** @throws BuilderError where it does not run */
  constructor(context: LocalContext, { parts }: FoundPlatform) {
    const { environment } = context.names;
    if (parts['database']?.state !== 'running')
      throw new BuilderError(`The database of ${environment} does not run`, {
        code: 'failed',
        hint: `platen provision --env ${environment} brings it up.`,
      });
    this.#context = context;
    this.#container = parts['database'].id;
    this.name = context.spec.database.name;
  }

  /** Writes all of it as SQL, as it is at one moment; the site goes on meanwhile. */
  async dump(output: Writable): Promise<void> {
    const what = ['--single-transaction', '--routines', '--events', '--triggers', '--no-tablespaces'];
    await this.#run('read the database', ['mariadb-dump', ...asRoot, ...what, this.name], { output });
  }

  /** Replaces a database by what SQL makes. @param name of the database */
  async load(input: Readable, name: string): Promise<void> {
    await this.drop(name);
    await this.#statement(`CREATE DATABASE ${quoted(name)} CHARACTER SET utf8mb4`);
    await this.#run('restore the database', ['mariadb', ...asRoot, name], { input });
  }

  async drop(name: string): Promise<void> {
    await this.#statement(`DROP DATABASE IF EXISTS ${quoted(name)}`);
  }

  async #statement(text: string): Promise<void> {
    await this.#run('change the database', ['mariadb', ...asRoot, `--execute=${text}`], {});
  }

  async #run(
    doing: string,
    argv: readonly string[],
    pipes: { readonly input?: Readable; readonly output?: Writable },
  ): Promise<void> {
    const { docker, signal } = this.#context;
    await pipedCommand(
      doing,
      (streams) => docker.containers.runInForeground(this.#container, { argv, user: '0' }, streams),
      { ...pipes, signal },
    );
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
