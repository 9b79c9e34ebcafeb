import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openStore } from './content-store.js';
import { StoredMemo } from './memo.js';
import { anyRecord } from './fixtures/any-record.js';

t.test('a memo gives back what an earlier build kept, and holds what the last one used', async (t) => {
  using store = openStore(t.testdir());
  const first = new StoredMemo(store, 'abc');
  t.equal(first.find('a'), undefined);
  first.keep('a', { x: [1, null, 'é'] });
  first.keep('b', 'two');
  t.equal(new StoredMemo(store, 'abc').find('a'), undefined, 'nothing is kept before it is saved');
  first.save();
  const second = new StoredMemo(store, 'abc');
  t.strictSame(second.find('a'), { x: [1, null, 'é'] });
  t.equal(new StoredMemo(store, 'abd').find('a'), undefined, 'another key is another memo');
  second.save();
  t.equal(new StoredMemo(store, 'abc').find('b'), 'two', 'it is written anew only where something was added');
  second.keep('c', 3);
  second.save();
  const third = new StoredMemo(store, 'abc');
  t.strictSame([third.find('a'), third.find('b'), third.find('c')], [{ x: [1, null, 'é'] }, undefined, 3]);
  t.strictSame(readdirSync(join(store.folder, 'records/memo')), ['abc.json']);
});

t.test('a record that is not a memo is none', async (t) => {
  using store = openStore(t.testdir());
  for (const [key, value] of Object.entries({ list: [1], text: 'x', nothing: null })) {
    store.setRecord(anyRecord('memo'), key, value);
    t.equal(new StoredMemo(store, key).find('0'), undefined, key);
  }
});
