import { KeptProcess } from './sandbox-process.js';

/**
 * Runs in its own network namespace. Brings the loopback up: by that namespace's /sys, which needs no program, or with ip if
 * /sys can't be mounted. Then lives as long as its standard input.
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

/** A network namespace with nothing but a loopback. */
export class LoopbackNetwork {
  readonly #process: KeptProcess;
  /** A process in it, as numbered in this process's namespace. */
  readonly pid: string;

  private constructor(process: KeptProcess, pid: string) {
    this.#process = process;
    this.pid = pid;
  }

  /** @param user prefix of a command line that enters the owning user namespace; may be empty */
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
