import t from 'tap';
import { digestOf } from '../store/digest.js';
import { type StepRecord, stepRecords } from './step-record.js';

const record: StepRecord = {
  result: { changed: true, rc: 0 },
  fragment: {
    digest: digestOf('a'),
    bytes: 1,
    count: 1,
    entriesBlob: digestOf('b'),
    contents: [digestOf('c')],
  },
  reads: { looks: [['stat', '/etc', 'x']], trees: [], written: undefined, everything: false },
};

t.test('a record of a step is one, as JSON gives it back', async (t) => {
  const again: unknown = JSON.parse(JSON.stringify(record));
  t.match(stepRecords.parse(again), { result: { rc: 0 }, fragment: { count: 1 } });
});

t.test('what lacks something, or has something else in its place, is none', async (t) => {
  const { result, fragment, reads } = record;
  for (const [what, other] of Object.entries<unknown>({
    'no object': 'a step',
    nothing: null,
    'no result': { fragment, reads },
    'a result that says nothing': { fragment, reads, result: {} },
    'no reads': { result, fragment },
    'reads of another form': { result, fragment, reads: { ...reads, looks: 'all' } },
    'a fragment without entries': { result, reads, fragment: { ...fragment, entriesBlob: undefined } },
    'entries that are none': { result, reads, fragment: { ...fragment, entries: [1] } },
    'contents without digests': { result, reads, fragment: { ...fragment, contents: ['a'] } },
  }))
    t.equal(stepRecords.parse(other), undefined, what);
});
