import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { debianLayer, engineCases } from '../../testing/engine-cases.js';
import { dockerEngine } from './docker.js';
import { dockerResources } from './resources/docker-resources.js';
import { startContainer } from './start-container.js';

const base = await debianLayer();
const { containers, images } = await dockerResources({});
const isRunning = async (id: string) => (await containers.find(id)) !== undefined;
async function eventually(test: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 240; attempt++) {
    if (await test()) return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

const settings = { architecture: 'amd64', os: 'linux', config: { Cmd: ['sleep', '60'] } };

/** Tags the base, because builds that end meanwhile remove untagged images. */
async function keepBase(t: Test): Promise<void> {
  const rootfs = { type: 'layers', diff_ids: [base.diffId] };
  const configBytes = Buffer.from(JSON.stringify({ ...settings, rootfs }));
  t.teardown(() => images.remove('platen-test-load:base'));
  await images.load({ configBytes, layers: [base], tags: ['platen-test-load:base'] });
}

engineCases(t, dockerEngine(), base);

t.test('a session ends with a builder that is killed', async (t) => {
  await keepBase(t);
  const folder = t.testdir({});
  writeFileSync(
    join(folder, 'builder.mjs'),
    `import { dockerEngine } from ${JSON.stringify(new URL('./docker.ts', import.meta.url).href)};
    const layer = { diffId: '${base.diffId}', size: ${base.size}, open() { throw new Error('not asked for'); } };
    const session = await dockerEngine().open([layer], { platform: 'linux/amd64' });
    const shown = (text) => console.log(text);
    await session.exec({ argv: ['sh', '-c', 'cat /proc/self/cgroup /proc/self/mountinfo; sleep 60'], environment: { PATH: '/usr/bin' }, user: 'root', cwd: '/', onOutput: shown });`,
  );
  const child = spawn(process.execPath, [...process.execArgv, join(folder, 'builder.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.on('data', (chunk) => (shown += String(chunk)));
  const id = () => /containers\/([0-9a-f]{64})/.exec(shown)?.[1];
  t.ok(await eventually(async () => id() !== undefined));
  t.ok(await isRunning(id() ?? ''));
  child.kill('SIGKILL');
  t.ok(await eventually(async () => !(await isRunning(id() ?? ''))));
});

t.test('only what is missing is sent', async (t) => {
  const folder = t.testdir({ file: 'x'.repeat(9000) + String(process.pid) });
  mkdirSync(join(folder, 'out'));
  execFileSync('tar', ['-cf', 'out/layer.tar', 'file'], { cwd: folder });
  const path = join(folder, 'out/layer.tar');
  const diffId = `sha256:${execFileSync('sha256sum', [path]).toString().slice(0, 64)}`;
  const layers = [base, { diffId, size: statSync(path).size, open: () => createReadStream(path) }];
  const config = { ...settings, rootfs: { type: 'layers', diff_ids: layers.map((l) => l.diffId) } };
  const image = { configBytes: Buffer.from(JSON.stringify(config)), layers, tags: ['platen-test-load:one'] };
  t.teardown(() => images.remove('platen-test-load:one'));
  await keepBase(t);
  t.match(await images.load(image), { sentLayers: 1, sentBytes: layers[1]?.size });
  t.match(await images.load(image), { sentLayers: 0, sentBytes: 0 });
  t.same(
    (await images.describe('platen-test-load:one'))?.facts.RootFS.Layers,
    layers.map((l) => l.diffId),
  );

  const container = await startContainer(
    {},
    {
      image: 'platen-test-load:one',
      ports: [80],
      command: ['sh', '-c', 'echo out; echo err >&2; sleep 3; exit 7'],
    },
  );
  t.teardown(() => container.remove());
  t.ok((await container.port(80)) > 1024);
  t.equal(await container.exitCode(), undefined);
  // Docker reads the two channels from two pipes, so their order varies.
  const lines = async () => (await container.logs()).split('\n').sort().join(' ');
  t.ok(await eventually(async () => (await lines()) === ' err out'));
  t.ok(await eventually(async () => (await container.exitCode()) === 7));
  await container.remove();
  await t.rejects(container.exitCode(), { code: 'failed', message: /removed the container/ });
});

t.test('no engine is one clear error', async (t) => {
  const folder = t.testdir({});
  const engine = dockerEngine({ host: `unix://${folder}/none.sock` });
  await t.rejects(engine.open([base], { platform: 'linux/amd64' }), {
    code: 'unavailable',
    message: /none\.sock/,
  });
});
