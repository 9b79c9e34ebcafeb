import t from 'tap';
import { Screen } from '../../testing/screen.js';
import { createLiveRegion } from './live-region.js';

t.test('lines are drawn again in place, below what was written before', async (t) => {
  const screen = new Screen(40, 10);
  const region = createLiveRegion(screen);
  screen.write('permanent\n');
  region.draw(['one', 'two', 'three']);
  t.equal(screen.text, 'permanent\none\ntwo\nthree');
  region.draw(['one', 'TWO', 'three', 'four']);
  t.equal(screen.text, 'permanent\none\nTWO\nthree\nfour');
  region.draw(['last']);
  t.equal(screen.text, 'permanent\nlast', 'nothing of the longer one is left');
  region.clear();
  screen.write('more\n');
  region.draw(['a', 'b']);
  t.equal(screen.text, 'permanent\nmore\na\nb');
  region.clear();
  t.equal(screen.text, 'permanent\nmore');
});

t.test('what is as it was is not written again, so that nothing flickers', async (t) => {
  const screen = new Screen(40, 10);
  const region = createLiveRegion(screen);
  region.draw(['the head', 'a', 'the foot']);
  screen.writes.length = 0;
  region.draw(['the head', 'a', 'the foot']);
  t.same(screen.writes, []);
  region.draw(['the head', 'b', 'the foot']);
  t.equal(screen.writes.length, 1, 'in one write');
  t.notMatch(screen.writes[0], /head/);
  t.match(screen.writes[0], /^\x1b\[\?2026h.*\x1b\[\?2026l$/s);
});

t.test('it scrolls at the end of the screen, and loses nothing', async (t) => {
  const screen = new Screen(40, 4);
  const region = createLiveRegion(screen);
  for (const name of ['1', '2', '3', '4', '5']) {
    region.clear();
    screen.write(`done ${name}\n`);
    region.draw([`head ${name}`, `foot ${name}`]);
  }
  t.equal(screen.text, 'done 1\ndone 2\ndone 3\ndone 4\ndone 5\nhead 5\nfoot 5');
});

t.test('a window that becomes narrower leaves no pieces of lines that it wrapped', async (t) => {
  const screen = new Screen(40, 10);
  const region = createLiveRegion(screen);
  screen.write('permanent\n');
  region.draw(['x'.repeat(39), 'y'.repeat(39)]);
  screen.resize(20);
  region.draw(['x'.repeat(19), 'y'.repeat(19)]);
  t.equal(screen.text, `permanent\n${'x'.repeat(19)}\n${'y'.repeat(19)}`);
  screen.resize(60);
  region.draw(['x'.repeat(59), 'y'.repeat(59)]);
  t.equal(screen.text, `permanent\n${'x'.repeat(59)}\n${'y'.repeat(59)}`);
});
