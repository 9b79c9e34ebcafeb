import { execFileSync } from 'node:child_process';
import t from 'tap';
import { compareListings, parseListing, settledListing, whiteoutHeader } from './root-listing.js';
import { tarTrailer } from '../tar/tar-header.js';

const listing = (...records: string[]) =>
  parseListing(Buffer.from(records.map((r) => `${r}\0`).join(''), 'latin1'));

t.test('what is new, changed or gone is told, and the rest is not', async (t) => {
  const before = listing('d 1.0 1 etc', 'f 1.0 2 etc/same', 'f 1.0 3 etc/edited', 'f 1.0 4 etc/gone');
  const after = listing('d 1.0 1 etc', 'f 1.0 2 etc/same', 'f 2.0 3 etc/edited', 'f 2.0 5 etc/a\nb\xff');
  t.same(compareListings(before, after), { changed: ['etc/a\nb\xff', 'etc/edited'], removed: ['etc/gone'] });
});

t.test('a file moved over another one within one tick is a change', async (t) => {
  t.same(compareListings(listing('f 1.0 2 a'), listing('f 1.0 3 a')).changed, ['a']);
});

t.test('of a removed tree only the top is named', async (t) => {
  const before = listing('d 1.0 1 a', 'd 1.0 2 a/b', 'f 1.0 3 a/b/c');
  t.same(compareListings(before, listing()).removed, ['a']);
});

t.test('a directory that became a link hides what it held', async (t) => {
  const before = listing('d 1.0 1 a', 'f 1.0 2 a/b');
  t.same(compareListings(before, listing('l 2.0 3 a')), { changed: ['a'], removed: [] });
});

t.test("the engine's own files are not seen, those with like names are", async (t) => {
  const paths = listing(
    'f 1.0 1 .dockerenv',
    'f 1.0 1 etc/hosts',
    'c 1.0 1 dev/null',
    'f 1.0 1 etc/hosts.allow',
    'd 1.0 1 ',
  );
  t.same([...paths.keys()], ['etc/hosts.allow']);
});

t.test('whiteouts stand beside what they hide', async (t) => {
  const asTarSees = (path: string) =>
    execFileSync('tar', ['--list', '--quoting-style=literal'], {
      input: Buffer.concat([whiteoutHeader(path), tarTrailer]),
      encoding: 'latin1',
    });
  const long = `${'é\xff'.repeat(60)}/a`;
  t.equal(asTarSees('a'), '.wh.a\n');
  t.equal(asTarSees('etc/a b'), 'etc/.wh.a b\n');
  t.equal(asTarSees(long), `${'é\xff'.repeat(60)}/.wh.a\n`, 'whatever bytes the name has, and however many');
});

t.test('what changed a moment ago is left for a later look', async (t) => {
  const before = listing('f 1.0 1 old', 'f 1.0 2 edited');
  const now = listing('f 1.0 1 old', 'f 9.5 2 edited', 'f 9.5 3 new', 'f 8.5 4 settled');
  const settled = settledListing(before, now, 9);
  t.same(compareListings(before, settled), { changed: ['settled'], removed: [] });
  t.same(compareListings(settled, now), { changed: ['edited', 'new'], removed: [] });
});

t.test('what went a moment ago is left for a later look', async (t) => {
  const before = listing('d 1.0 3 old', 'f 1.0 4 old/gone');
  const now = listing('d 9.5 3 old');
  const settled = settledListing(before, now, 9);
  t.same(compareListings(before, settled), { changed: [], removed: [] });
  t.same(compareListings(settled, now), { changed: ['old'], removed: ['old/gone'] });
});

t.test('a folder that comes and goes takes along what was in it', async (t) => {
  const busy = listing('d 9.5 1 work', 'd 5.0 2 work/deep', 'f 5.0 3 work/deep/file');
  const seen = settledListing(listing(), busy, 9);
  t.same(compareListings(listing(), seen), { changed: [], removed: [] });
  t.same(compareListings(seen, listing()), { changed: [], removed: [] });
});
