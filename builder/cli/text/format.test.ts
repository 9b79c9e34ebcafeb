import t from 'tap';
import {
  formatCount,
  formatElapsed,
  formatSize,
  formatTable,
  formatTime,
  oneLine,
  truncate,
} from './format.js';

t.test('sizes', (t) => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [85_300_000, '85.3 MB'],
    [2e15, '2000.0 TB'],
  ];
  for (const [bytes, text] of cases) t.equal(formatSize(bytes), text);
  t.end();
});

t.test('times', (t) => {
  const cases: [number, string][] = [
    [0, '0.00 s'],
    [345, '0.34 s'],
    [9994, '9.99 s'],
    [9995, '10.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 00 s'],
    [125_000, '2 min 05 s'],
  ];
  for (const [ms, text] of cases) t.equal(formatTime(ms), text);
  t.end();
});

t.test('text', (t) => {
  t.equal(oneLine('a\x1b[31mb\n\tc\x07'), 'ab c ');
  t.equal(truncate('häuser', 6), 'häuser');
  t.equal(truncate('häuser', 4), 'häu…');
  t.equal(truncate('abc', 0), '');
  t.equal(formatCount(1, 'blob'), '1 blob');
  t.equal(formatCount(0, 'blob'), '0 blobs');
  t.strictSame(
    formatTable(
      [
        ['a', '1', ''],
        ['bcd', '23', 'x'],
      ],
      'lrl',
    ),
    ['a     1', 'bcd  23  x'],
  );
  t.end();
});

t.test('time of what goes on, in whole seconds', async (t) => {
  const said = [-5, 999, 59_999, 60_000, 3_599_000, 7_380_000].map(formatElapsed);
  t.same(said, ['0 s', '0 s', '59 s', '1 min 00 s', '59 min 59 s', '2 h 03 min']);
});
