import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { z } from 'zod';
import { openStore } from './content-store.js';
import { digestOf } from './digest.js';
import { digestSchema, recordKind } from './record-kind.js';

const kind = recordKind('fruit', z.object({ name: z.string(), digest: digestSchema }));
const apple = { name: 'apple', digest: digestOf('apple') };

t.test('a record comes back as it was kept', async (t) => {
  const store = openStore(t.testdir());
  store.setRecord(kind, 'a', apple);
  t.strictSame([store.record(kind, 'a'), store.peek(kind, 'a')], [apple, apple]);
});

t.test('what another version kept otherwise counts as absent', async (t) => {
  const folder = t.testdir();
  const store = openStore(folder);
  store.setRecord(kind, 'a', apple);
  for (const other of [true, null, [], 'apple', {}, { name: 'apple' }, { ...apple, digest: 'sha256:1' }]) {
    writeFileSync(join(folder, 'records/fruit/a.json'), JSON.stringify(other));
    t.strictSame([store.record(kind, 'a'), store.peek(kind, 'a')], [undefined, undefined]);
  }
});
