import { userInfo } from 'node:os';
import type { Readable } from 'node:stream';
import { LoopbackNetwork } from './loopback-network.js';
import { KeptProcess, runTool, streamTool } from './sandbox-process.js';
import {
  commandNamespaceScript,
  closingScript,
  containerScript,
  rootScript,
  runScript,
  toolNamespaceScript,
} from './sandbox-scripts.js';

type ToolInput = { readonly input?: Buffer | Readable | undefined; readonly tolerated?: number };

/** How to create namespaces for this user: directly for root, for others in a user namespace with subordinate ids. */
export function namespaceArguments(): string[] {
  return isRoot() ? [] : ['--user', '--map-root-user', '--map-auto'];
}

export function isRoot(): boolean {
  return userInfo().uid === 0;
}

/** A mount namespace with this machine's tools, the cache's folder of layers, and a root over some of these. */
export class ToolNamespace {
  readonly #process: KeptProcess;
  readonly #pid: string;
  #byFuse = false;
  #network: Promise<LoopbackNetwork> | undefined;

  private constructor(process: KeptProcess, pid: string) {
    this.#process = process;
    this.#pid = pid;
  }

  /** @param folder the sandbox's, absolute @param session a new name in it */
  static async open(folder: string, session: string): Promise<ToolNamespace> {
    const process = new KeptProcess([
      'unshare',
      ...namespaceArguments(),
      '--mount',
      '--propagation=private',
      '--pid',
      '--fork',
      '--kill-child',
      '--',
      'sh',
      '-c',
      toolNamespaceScript,
      'sh',
      folder,
      session,
    ]);
    try {
      return new ToolNamespace(process, await process.line());
    } catch (error) {
      await process.close();
      throw error;
    }
  }

  get ended(): boolean {
    return this.#process.ended;
  }

  /** Whether the root is a fuse-overlayfs, because the kernel refused an overlay. */
  get byFuse(): boolean {
    return this.#byFuse;
  }

  /** Prefix of a command line that runs in this namespace. */
  enter(network?: LoopbackNetwork): string[] {
    const user = isRoot() ? [] : ['--user'];
    const net = network === undefined ? [] : [`--net=/proc/${network.pid}/ns/net`];
    return ['nsenter', '--target', this.#pid, ...user, ...net, '--mount', '--pid', '--'];
  }

  /** The network for commands without network; created once. */
  loopbackNetwork(): Promise<LoopbackNetwork> {
    return (this.#network ??= LoopbackNetwork.open(
      isRoot() ? [] : ['nsenter', '--target', this.#pid, '--user', '--'],
    ));
  }

  run(argv: readonly string[], input?: ToolInput): Promise<Buffer> {
    return runTool([...this.enter(), ...argv], input);
  }

  stream(argv: readonly string[], input?: ToolInput): AsyncGenerator<Buffer> {
    return streamTool([...this.enter(), ...argv], input);
  }

  /** Mounts a root over layers (names in the folder of layers, lowest first) and opens the namespace for commands. */
  async openCommandNamespace(
    layers: readonly string[],
    {
      kind = 'commands',
      folders = [],
    }: { kind?: 'commands' | 'container'; folders?: readonly string[] } = {},
  ): Promise<CommandNamespace> {
    const lower = [...layers.map((name) => `/layers/${name}`).reverse(), '/session/skeleton'].join(':');
    const places = `lowerdir=${lower},upperdir=/session/upper,workdir=/session/work`;
    const how = `nodev,${isRoot() ? 'index=off,metacopy=off,redirect_dir=off' : 'userxattr'}`;
    const told = await this.run(['sh', '-c', rootScript, 'sh', places, how, 'volatile']);
    this.#byFuse = told.toString().trim() === 'fuse';
    const process = new KeptProcess([
      ...this.enter(),
      'unshare',
      '--mount',
      '--pid',
      '--ipc',
      '--uts',
      '--fork',
      '--kill-child',
      '--',
      'sh',
      '-c',
      commandNamespaceScript,
      'sh',
      kind,
      ...folders,
    ]);
    try {
      const pid = await process.line();
      await process.settled();
      await this.run(['sh', '-c', closingScript, 'sh', pid]);
      return new CommandNamespace(this, process, pid);
    } catch (error) {
      await process.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#network?.then(
      (network) => network.close(),
      () => undefined,
    );
    await this.#process.close();
  }
}

/** Docker's default capabilities. */
const capabilities = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'net_raw',
  'sys_chroot',
  'mknod',
  'audit_write',
  'setfcap',
];

/** Drops the privileges that a command must not have. */
function becoming({ user, groups, terminal }: Omit<CommandUser, 'network'>): string[] {
  return [
    ...(terminal === 'leader' ? ['setsid', '--ctty'] : []),
    'setpriv',
    `--bounding-set=-all,${capabilities.map((name) => `+${name}`).join(',')}`,
    '--inh-caps=-all',
    '--',
    ...(terminal !== undefined ? ['env', '--default-signal=INT,QUIT'] : []),
    'chroot',
    `--userspec=+${user[0]}:+${user[1]}`,
    `--groups=${groups.map((group) => `+${group}`).join(',')}`,
    '.',
  ];
}

/** The namespace for commands: with its own root, processes and host name, and without most capabilities. */
export class CommandNamespace {
  readonly #toolNamespace: ToolNamespace;
  readonly #process: KeptProcess;
  readonly #pid: string;

  constructor(toolNamespace: ToolNamespace, process: KeptProcess, pid: string) {
    this.#toolNamespace = toolNamespace;
    this.#process = process;
    this.#pid = pid;
  }

  get ended(): boolean {
    return this.#process.ended;
  }

  /** Whether this machine has a program that the builder can run in here. */
  async hasTool(name: string): Promise<boolean> {
    const found = await this.#toolNamespace.run(['sh', '-c', 'command -v "$1" || :', 'sh', name]);
    return found.length > 0;
  }

  loopbackNetwork(): Promise<LoopbackNetwork> {
    return this.#toolNamespace.loopbackNetwork();
  }

  /**
   * Prefix of a command line that runs a command in here, and then kills processes that it left. Returns the command's exit
   * code, or ends by a signal if the command namespace is gone. Tools are found through the tool namespace's root, which the
   * last tool leaves by chroot: nothing in here leads back to it.
   */
  enter({ network, ...user }: CommandUser): string[] {
    return [...this.#enterAsRoot(network), ...becoming(user)];
  }

  /** Like `enter`, for the first process of a container, with a /proc that shows only its own processes. */
  enterContainer({ network, ...user }: CommandUser): string[] {
    return [
      ...this.#enterAsRoot(network, '/'),
      'unshare',
      '--pid',
      '--fork',
      '--kill-child',
      '--',
      'sh',
      '-c',
      containerScript,
      'sh',
      this.#pid,
      `+${user.user[0]}:+${user.user[1]}`,
      ...becoming(user),
    ];
  }

  #enterAsRoot(network: LoopbackNetwork | undefined, folder = `/proc/${this.#pid}/root`): string[] {
    return [
      ...this.#toolNamespace.enter(network),
      'sh',
      '-c',
      runScript,
      'sh',
      this.#pid,
      'nsenter',
      '--target',
      this.#pid,
      '--mount',
      '--pid',
      '--ipc',
      '--uts',
      '--root=/',
      `--wd=${folder}`,
      '--',
    ];
  }

  /** Kills all processes in here, and returns when they have ended. */
  async clear(): Promise<void> {
    await this.#toolNamespace.run(['sh', '-c', runScript, 'sh', this.#pid, 'true']);
  }
}

/** A command's user and group ids, its network and its terminal. */
export interface CommandUser {
  readonly user: readonly [uid: number, gid: number];
  readonly groups: readonly number[];
  /** Default: this machine's network. */
  readonly network?: LoopbackNetwork | undefined;
  /** For interactive commands: the command takes the terminal for its own session (`leader`), or belongs to another's session. */
  readonly terminal?: 'leader' | 'member' | undefined;
}
