import { KeptProcess } from './sandbox-process.js';

/**
 * In a network namespace of its own: brings its loopback up, by a /sys of that namespace, which takes no program, or by ip
 * where /sys may not be mounted. Then lives as long as standard input.
 */
const script = `
set -eu
read -r pid _ </proc/self/stat
unshare --mount --propagation private sh -c '
  mount -t sysfs sysfs /sys && echo 0x9 >/sys/class/net/lo/flags
' 2>/dev/null || ip link set lo up || {
  echo "loopback cannot be brought up: install the package iproute2" >&2
  exit 1
}
echo "$pid"
exec cat >/dev/null
`;

/** A network that is nothing but a loopback. */
export class LoopbackNetwork {
  readonly #process: KeptProcess;
  /** A process that is in it, as this one's namespace counts. */
  readonly pid: string;

  private constructor(process: KeptProcess, pid: string) {
    this.#process = process;
    this.pid = pid;
  }

  /** @param user how the user namespace is entered that is to own it: the beginning of a command line, or nothing */
  static async open(user: readonly string[]): Promise<LoopbackNetwork> {
    const process = new KeptProcess([...user, 'unshare', '--net', '--', 'sh', '-c', script]);
    try {
      return new LoopbackNetwork(process, await process.line());
    } catch (error) {
      await process.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#process.close();
  }
}
