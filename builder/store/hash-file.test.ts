import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openStore } from './content-store.js';
import { digestOf } from './digest.js';
import { hashFile } from './hash-file.js';

t.test('a file has the checksum of its bytes, however many', async (t) => {
  const folder = t.testdir({ empty: '', small: 'hello' });
  const large = join(folder, 'large');
  writeFileSync(large, 'x');
  truncateSync(large, 3_000_001);
  for (const name of ['empty', 'small', 'large'])
    for (const algorithm of ['sha256', 'sha1'])
      t.equal(
        hashFile(join(folder, name), algorithm),
        createHash(algorithm)
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
        `${name} ${algorithm}`,
      );
});

t.test('a large file gets into the store as it is', async (t) => {
  const folder = t.testdir({ large: '', cache: {} });
  const large = join(folder, 'large');
  truncateSync(large, 20_000_003);
  using store = openStore(join(folder, 'cache'));
  const { digest, size } = store.putFile(large);
  t.equal(size, 20_000_003);
  t.equal(digest, digestOf(readFileSync(large)));
  t.equal(store.size(digest), size);
});
