import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { randomImage } from '../testing/made-image.js';
import { anonymous, parseReference, pushImage, readManifest, registryClient } from './index.js';

const registry = await startDockerRegistry({ inMemory: true });
t.after(() => registry.stop());
const client = registryClient({ credentials: anonymous });
t.after(() => client[Symbol.dispose]());

t.test('the program of the documentation copies an image', async (t) => {
  const [, program] = /\n```js\n(.*?)```/s.exec(readFileSync('docs/push.md', 'utf8')) ?? [];
  const folder = t.testdir();
  writeFileSync(join(folder, 'copy.mjs'), program ?? '');
  const image = randomImage();
  const [from, to] = [`${registry.host}/from/site:1`, `${registry.host}/to/site:2`];
  await pushImage(client, image, parseReference(from), { tags: ['1'] });
  // Coverage is measured on the sources, not on compiled files.
  const env = { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0' };
  // Within the package, its own name resolves to its exports.
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'copy.mjs'), from, to], {
    env,
  });
  t.equal(stdout, `${registry.host}/to/site@${image.manifest.digest}: 3 blobs sent\n`);
  const copy = await readManifest(client, parseReference(to));
  t.strictSame(copy.manifest.bytes, image.manifest.bytes);
});
