import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDocker } from '../engine/docker/docker-client.js';
import { PlatformNames } from '../platform/local/platform-names.js';

/** A disk in memory that tests may fill. */
export class SmallDisk {
  readonly #folder = mkdtempSync(join(tmpdir(), 'platen-disk-'));

  /** @param megabytes its size */
  constructor(megabytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', this.#folder]);
  }

  /** Puts a platform's volume on this disk; call it before the platform creates the volume. */
  async becomes(environment: string, volume: string): Promise<void> {
    const names = new PlatformNames(environment);
    const docker = await connectDocker({ host: process.env.DOCKER_HOST });
    await docker.createVolume({
      Name: names.of(volume),
      Labels: names.labels(volume),
      DriverOpts: { type: 'none', o: 'bind', device: this.#folder },
    });
  }

  get #filler(): string {
    return join(this.#folder, 'filler');
  }

  /** Fills all free space. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.#folder);
    writeFileSync(this.#filler, Buffer.alloc(bavail * bsize));
  }

  clear(): void {
    rmSync(this.#filler);
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.#folder]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
