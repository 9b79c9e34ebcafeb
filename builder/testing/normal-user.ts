import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildSync } from 'esbuild';
import type { ProgramOutcome } from './platen-program.js';

/** The environment of a user who just logged in, without a Docker engine. */
const plain = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
  LANG: 'C.UTF-8',
  DOCKER_HOST: 'unix:///nowhere/docker.sock',
};

/** Variables for access to packages. */
const proxies = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

interface Surroundings {
  /** Below the home; the project's. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly umask?: string | undefined;
}

/**
 * A user of this machine for one test, neither root nor allowed to use Docker, with the program in the user's home, because
 * this repository may be unreadable for others.
 */
export class NormalUser {
  readonly home: string;
  readonly #name: string;
  readonly #id: number;
  readonly #subordinate: { readonly first: number; readonly end: number };

  /** @param ids whether the user has subordinate ids */
  constructor({ ids = true }: { ids?: boolean } = {}) {
    this.home = mkdtempSync(join(tmpdir(), 'platen-user-'));
    this.#name = `platen-${this.home.slice(-6).toLowerCase()}-t`;
    // useradd assigns subordinate ids if these files exist.
    for (const file of ['/etc/subuid', '/etc/subgid']) if (!existsSync(file)) writeFileSync(file, '');
    const more = ids ? [] : ['--key', 'SUB_UID_COUNT=0', '--key', 'SUB_GID_COUNT=0'];
    const argv = ['--no-create-home', '--home-dir', this.home, '--user-group', ...more, this.#name];
    execFileSync('/usr/sbin/useradd', argv, { stdio: 'pipe' });
    this.#id = Number(execFileSync('id', ['-u', this.#name], { encoding: 'utf8' }));
    this.#subordinate = subordinateIds(this.#name);
    this.#install();
  }

  /** Copies a folder into the home, for the user to own. */
  adopt(folder: string, name: string): string {
    const path = join(this.home, name);
    execFileSync('cp', ['--recursive', folder, path]);
    execFileSync('chown', ['--recursive', `${this.#name}:`, path]);
    return path;
  }

  /** A folder in the home. */
  makeFolder(name: string): string {
    const path = join(this.home, name);
    mkdirSync(path);
    execFileSync('chown', [`${this.#name}:`, path]);
    return path;
  }

  start(argv: readonly string[], { folder, environment, umask = '022' }: Surroundings) {
    const line = `umask ${umask}; cd "$1" && shift && exec "$@"`;
    const program = [join(this.home, 'node'), join(this.home, 'platen.cjs')];
    const passed = proxies.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
    const own = {
      ...Object.fromEntries(passed),
      ...plain,
      HOME: this.home,
      USER: this.#name,
      ...environment,
    };
    const variables = Object.entries(own).map(([name, value]) => `${name}=${String(value)}`);
    // Without the test's own environment: coverage would be written to files that this user can't write.
    const argvOfUser = ['env', '-i', ...variables, 'sh', '-c', line, 'sh', folder, ...program, ...argv];
    const child = spawn('setpriv', [...this.#asUser(), ...argvOfUser], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child: child as ChildProcess, outcome: outcomeOf(child) };
  }

  run(argv: readonly string[], surroundings: Surroundings): Promise<ProgramOutcome> {
    return this.start(argv, surroundings).outcome;
  }

  /** `find`'s list of files in the home that other ids own. */
  foreignFiles(folder: string): string {
    const find = ['find', folder, '!', '-user', this.#name, '-printf', '%U %p\\n'];
    return execFileSync(find[0] as string, find.slice(1), { encoding: 'utf8' });
  }

  /** Processes of the user and its subordinate ids: name and command line. */
  processes(): { pid: number; name: string; line: string }[] {
    return readdirSync('/proc').flatMap((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'latin1');
        const uid = Number(/^Uid:\t(\d+)/m.exec(status)?.[1]);
        const name = /^Name:\t(.*)$/m.exec(status)?.[1] ?? '';
        if (!this.#isOwn(uid) || /^State:\tZ/m.test(status)) return [];
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
        return [{ pid: Number(pid), name, line }];
      } catch {
        // Not a process, or one that just ended.
        return [];
      }
    });
  }

  #isOwn(uid: number): boolean {
    return uid === this.#id || (uid >= this.#subordinate.first && uid < this.#subordinate.end);
  }

  remove(): void {
    execFileSync('/usr/sbin/userdel', ['--force', this.#name], { stdio: 'pipe' });
    rmSync(this.home, { recursive: true, force: true });
  }

  #asUser(): string[] {
    return [`--reuid=${this.#id}`, `--regid=${this.#id}`, '--init-groups', '--'];
  }

  #install(): void {
    const node = join(this.home, 'node');
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
    buildSync({
      entryPoints: ['builder/cli/main.ts'],
      outfile: join(this.home, 'platen.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
      mainFields: ['module', 'main'],
      // A native module, needed only for ssh:// hosts.
      external: ['cpu-features'],
      loader: { '.node': 'empty' },
    });
    execFileSync('chown', [`${this.#name}:`, this.home]);
    chmodSync(this.home, 0o755);
  }
}

/** subuid(5). */
function subordinateIds(name: string): { first: number; end: number } {
  const [, first, count] =
    new RegExp(`^${name}:(\\d+):(\\d+)$`, 'm').exec(readFileSync('/etc/subuid', 'utf8')) ?? [];
  return { first: Number(first ?? 0), end: Number(first ?? 0) + Number(count ?? 0) };
}

async function outcomeOf(child: ReturnType<typeof spawn>): Promise<ProgramOutcome> {
  const { stdout, stderr } = child as ChildProcess;
  const [[exitCode], out, err] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(stdout as NonNullable<typeof stdout>),
    text(stderr as NonNullable<typeof stderr>),
  ]);
  return { exitCode, stdout: out, stderr: err };
}
