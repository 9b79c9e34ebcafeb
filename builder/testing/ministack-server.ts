import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { onFreePort } from './moto-server.js';

/** Where `scripts/setup test` installs it. */
const folder = 'dist/test-tools/ministack';

/**
 * Starts ministack, whose CloudFormation reports events of each resource and rolls failures back; only on the loopback
 * interface, and without a Docker engine: it only records containers. Returns its URL.
 */
export async function startMinistack(t: Test): Promise<string> {
  return onFreePort((port) => start(t, port));
}

async function start(t: Test, port: number): Promise<string> {
  if (!existsSync(folder)) throw new Error('ministack is missing: run scripts/setup test');
  const home = t.testdir();
  const child = spawn('/usr/bin/python3', [resolve(folder, 'bin/ministack')], {
    cwd: home,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TMPDIR: home,
      PYTHONPATH: resolve(folder),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      DOCKER_HOST: 'unix:///nowhere',
      // These would listen on all interfaces.
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
    },
  });
  t.teardown(() => child.kill());
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`ministack does not start: ${child.exitCode}`);
    const answers = await fetch(`${url}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return url;
  }
  throw new Error('ministack does not answer');
}
