import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs in the daemon's network: a client of the socket names a port in the first line, and is connected to it. */
const inside = `import { connect, createServer } from 'node:net';
process.stdin.resume().on('end', () => process.exit());
createServer((from) => from.once('data', (head) => {
  const to = connect(Number(head), '127.0.0.1');
  to.on('connect', () => from.write('.')).on('error', () => from.destroy()).on('close', () => from.destroy());
  from.on('error', () => to.destroy()).on('close', () => to.destroy());
  from.pipe(to).pipe(from);
})).listen(process.argv[2]);`;

/**
 * A Docker daemon for one test, which may be killed: with its own data, and in its own network, because in this machine's it
 * would change rules and bridges of the existing daemon. `publish` forwards to ports that containers publish on 127.0.0.1.
 */
export class OwnDocker {
  readonly #folder = mkdtempSync(join(tmpdir(), 'platen-docker-'));
  readonly #network: ChildProcess;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #daemon: ChildProcess | undefined;

  private constructor() {
    mkdirSync(join(this.#folder, 'run'));
    writeFileSync(join(this.#folder, 'inside.mjs'), inside);
    const line = 'ip link set lo up && exec "$@"';
    const relay = [process.execPath, join(this.#folder, 'inside.mjs'), this.#relay];
    // It ends with its standard input, and so with the test, even if that is killed.
    const argv = ['--net', '--', 'sh', '-c', line, 'sh', ...relay];
    this.#network = spawn('unshare', argv, { stdio: ['pipe', 'ignore', 'ignore'] });
  }

  /** @throws Error with the daemon's log if it does not start */
  static async create(): Promise<OwnDocker> {
    const docker = new OwnDocker();
    await docker.start();
    return docker;
  }

  /** The value of `DOCKER_HOST`. */
  get host(): string {
    return `unix://${join(this.#folder, 'docker.sock')}`;
  }

  get #relay(): string {
    return join(this.#folder, 'relay.sock');
  }

  async start(): Promise<void> {
    const at = (name: string): string => join(this.#folder, name);
    const log = openSync(at('log'), 'a');
    const options = { host: this.host, 'data-root': at('data'), 'exec-root': at('run'), pidfile: at('pid') };
    const argv = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const network = [`--net=/proc/${this.#network.pid}/ns/net`, '--'];
    const stdio: ['ignore', number, number] = ['ignore', log, log];
    this.#daemon = spawn('nsenter', [...network, 'dockerd', ...argv], { stdio });
    for (const end = Date.now() + 60_000; !this.#answers(); await sleep(200))
      if (Date.now() > end || this.#daemon.exitCode !== null)
        throw new Error(readFileSync(at('log'), 'utf8'));
  }

  #answers(): boolean {
    try {
      execFileSync('docker', ['--host', this.host, 'version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  /** Ends the daemon like a service manager, and all its containers. */
  async stop(): Promise<void> {
    if (this.#daemon === undefined || this.#daemon.exitCode !== null) return;
    const ended = once(this.#daemon, 'exit');
    this.#daemon.kill('SIGTERM');
    await ended;
  }

  /** Forwards each of these ports of this machine to the same port in the daemon's network. */
  async publish(ports: readonly number[]): Promise<void> {
    for (const port of ports) {
      const server = createServer((from) => this.#lead(from, port));
      this.#servers.push(server);
      await once(server.listen(port, '127.0.0.1'), 'listening');
    }
  }

  /** Stops forwarding until the next `publish`. */
  async withdraw(): Promise<void> {
    const closed = this.#servers.splice(0).map((server) => once(server.close(), 'close'));
    this.#sockets.forEach((socket) => socket.destroy());
    await Promise.all(closed);
  }

  #lead(from: Socket, port: number): void {
    this.#sockets.add(from);
    from.once('close', () => this.#sockets.delete(from));
    const to = connect(this.#relay, () => to.write(`${port}\n`));
    to.once('data', () => from.pipe(to).pipe(from));
    to.on('error', () => from.destroy()).on('close', () => from.destroy());
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.withdraw();
    this.#network.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
