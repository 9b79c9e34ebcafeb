import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { makeRoot } from '../../image/fixtures/make-root.js';
import { dockerEngine, removeSessionImages } from './docker.js';

t.test('a session opens while other builds sweep what sessions left', async (t) => {
  const root = join(t.testdir(), 'root');
  makeRoot(root, ['cat', 'env', 'find', 'tar', 'xargs']);
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/unique'), randomUUID());
  const tar = execFileSync('tar', ['-cC', root, '.'], { maxBuffer: 1e8 });
  const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  const layer = { diffId, size: tar.length, open: () => Readable.from([tar]) };
  let sweeping = true;
  const sweeper = (async () => {
    while (sweeping) await removeSessionImages();
  })();
  let opened = 0;
  try {
    for (let round = 0; round < 6; round += 1) {
      const session = await dockerEngine().open([layer], { platform: 'linux/amd64' });
      await session.close();
      opened += 1;
    }
  } finally {
    sweeping = false;
    await sweeper;
  }
  t.equal(opened, 6);
});
