import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import t from 'tap';
import { assembleImage } from '../image/assemble-image.js';
import { layerKey, writeLayer } from '../image/write-layer.js';
import { openStore } from '../store/content-store.js';
import { writeDockerArchive } from './write-docker-archive.js';

t.test('an archive goes through a pipe, which stays one; a file is put in place whole', async (t) => {
  const folder = t.testdir();
  using store = openStore(`${folder}/store`);
  const compression = { level: 6 };
  const layer = await writeLayer([], store, { key: layerKey([], compression), compression });
  const run = { environment: {}, ports: [], volumes: [], labels: {} };
  const image = assembleImage(
    { layers: [{ name: 'one', ...layer }], run, epoch: 0, platform: 'linux/amd64' } as never,
    store,
  );
  const [pipe, file] = [`${folder}/pipe`, `${folder}/file.tar`];
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('sh', ['-c', 'exec cat <"$0" >"$0.read"', pipe], { stdio: 'ignore' });
  const tags = ['web:latest'];
  await writeDockerArchive(image, { file: pipe, tags });
  await once(reader, 'close');
  await writeDockerArchive(image, { file, tags });
  t.ok(statSync(pipe).isFIFO());
  t.ok(readFileSync(`${pipe}.read`).equals(readFileSync(file)));
  t.match(execFileSync('tar', ['-tf', file], { encoding: 'utf8' }), 'manifest.json');
  mkdirSync(`${folder}/folder`);
  for (const [place, why] of [
    [`${folder}/folder`, 'a folder is in the way'],
    [`${file}/below`, 'a file is in the way'],
    [`${folder}/none/image.tar`, 'there is no such folder'],
  ] as const)
    await t.rejects(writeDockerArchive(image, { file: place, tags }), {
      code: 'failed',
      message: `The archive ${place} can't be written: ${why}`,
    });
});
