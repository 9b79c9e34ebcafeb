import t from 'tap';
import { digestOf } from '../store/digest.js';
import type { Entry } from '../tar/entry.js';
import { FakeTimer } from '../testing/fake-timer.js';
import { ChangePoller } from './change-poller.js';

const file = (path: string, size: number): Entry => {
  const digest = digestOf(path);
  const content = { digest, slice: { blob: digest, offset: 0, size } };
  return { path, type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, content };
};
const much = 1_000_000;

/** A poller of a command that changes one file between any two polls. */
function poll(size: number) {
  const timer = new FakeTimer();
  const told: string[][] = [];
  let looks = 0;
  const poller = new ChangePoller({
    timer,
    read: () => Promise.resolve([file(`/${++looks}`, size)]),
    onChanges: (entries) => told.push(entries.map(({ path }) => path)),
  });
  return { timer, told, poller, looks: () => looks };
}

t.test('a command that ends soon is not looked at', async (t) => {
  const { timer, poller, looks } = poll(much);
  await timer.advance(3999);
  await poller.stop();
  await timer.advance(60_000);
  t.strictSame([looks(), poller.found, timer.pending], [0, [], []]);
});

t.test('one that goes on is, and all that it changed so far is told', async (t) => {
  const { timer, told, poller } = poll(much);
  await timer.advance(4000);
  t.strictSame(told, [['/1']]);
  await timer.advance(6000);
  t.strictSame(told, [['/1'], ['/1', '/2'], ['/1', '/2', '/3']]);
  await poller.stop();
  t.same(
    poller.found.map((entries) => entries.map(({ path }) => path)),
    [['/1'], ['/2'], ['/3']],
  );
});

t.test('the less it changes the longer are the pauses, up to twelve seconds', async (t) => {
  const { timer } = poll(10);
  t.strictSame(timer.pending, [4000]);
  await timer.advance(4000);
  t.strictSame(timer.pending, [6000]);
  await timer.advance(6000);
  t.strictSame(timer.pending, [12_000]);
  await timer.advance(12_000);
  t.strictSame(timer.pending, [12_000]);
});

t.test('a look that is going on is waited for, and is the last', async (t) => {
  const timer = new FakeTimer();
  const read = deferred();
  const poller = new ChangePoller({ timer, read: () => read.promise, onChanges: () => {} });
  await timer.advance(4000);
  const stopped = poller.stop();
  read.resolve([file('/late', 1)]);
  await stopped;
  t.match(poller.found, [[{ path: '/late' }]]);
  t.strictSame(timer.pending, []);
});

t.test('what a look throws comes out where its result is taken', async (t) => {
  const timer = new FakeTimer();
  const read = () => Promise.reject(new Error('the container is gone'));
  const poller = new ChangePoller({ timer, read, onChanges: () => {} });
  await timer.advance(4000);
  await poller.stop();
  t.throws(() => poller.found, { message: 'the container is gone' });
});

function deferred() {
  let resolve: (entries: Entry[]) => void = () => {};
  const promise = new Promise<Entry[]>((done) => (resolve = done));
  return { promise, resolve };
}
