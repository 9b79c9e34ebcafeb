import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Reporter } from '../reporter.js';
import { createStreamReporter } from './stream-reporter.js';
import type { TerminalStream } from './terminal-stream.js';

class Sink implements TerminalStream {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY: boolean, columns = 80) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }

  /** What a terminal would show in the end: a carriage return and "clear line" take the line away. */
  get shown(): string {
    return this.text.replace(/[^\n]*\r\x1b\[2K/g, '');
  }
}

const done = { kind: 'exec', cached: false, ms: 1234, changed: true, skipped: false } as const;

function build(reporter: Reporter): void {
  reporter.baseStarted({ name: 'debian trixie' });
  reporter.baseDone({ name: 'debian trixie', cached: true, ms: 4 });
  reporter.stepStarted({ name: 'nginx : Install', kind: 'exec' });
  reporter.stepOutput('Unpacking nginx\n');
  reporter.stepDone({ ...done, name: 'nginx : Install', reason: 'the variable nginx_packages changed' });
  reporter.stepDone({ ...done, name: 'nginx : Same', changed: false, kind: 'file', ms: 3 });
  reporter.stepDone({ ...done, name: 'nginx : Not now', skipped: true, ms: 0 });
  reporter.stepDone({ ...done, name: 'nginx : Old', cached: true, ms: 0 });
  reporter.stepDone({ ...done, name: 'nginx : Broken\x1b[2J\n\x07', failed: true, ms: 125_000 });
  reporter.message('two\nlines');
  reporter.warning('careful');
  reporter.layerDone({ name: 'packages', size: 1, cached: false, ms: 1 });
  reporter.smokeStarted({ name: 'page' });
  reporter.smokeDone({ name: 'page', passed: true, ms: 800 });
  reporter.loaded({ tags: ['web:latest'], ms: 90 });
  reporter.written({ path: 'out', ms: 9 });
}

const lines = `cached      0.00 s  base debian trixie
changed     1.23 s  nginx : Install
                    because the variable nginx_packages changed
ok          0.00 s  nginx : Same
skipped     0.00 s  nginx : Not now
cached      0.00 s  nginx : Old
failed  2 min 05 s  nginx : Broken${' '}
                    two
                    lines
                    warning: careful
passed      0.80 s  check: page
loaded      0.09 s  web:latest into Docker
written     0.01 s  out
`;

t.test('plain lines, each when it is done', (t) => {
  const sink = new Sink(false);
  build(createStreamReporter(sink, {}));
  t.equal(sink.text, lines);
  t.end();
});

t.test('a terminal gets the same in the end, in colours unless NO_COLOR is set', (t) => {
  const colourless = new Sink(true);
  build(createStreamReporter(colourless, { NO_COLOR: '1' }));
  t.equal(colourless.shown, lines);
  const coloured = new Sink(true);
  build(createStreamReporter(coloured, {}));
  t.match(coloured.text, '\x1b[31mfailed \x1b[0m');
  t.equal(coloured.shown.replace(/\x1b\[\d+m/g, ''), lines);
  t.end();
});

t.test('a terminal shows what runs, for how long and what it says, within its width', async (t) => {
  const sink = new Sink(true, 60);
  {
    using reporter = createStreamReporter(sink, { NO_COLOR: '1' });
    reporter.stepStarted({ name: 'nginx : Install nginx and whatever it needs', kind: 'exec' });
    reporter.stepOutput('Unpacking a\nUnpacking \x1b[1mb\x1b[0m (1.2)\r\n\n');
    await sleep(250);
    const frame = sink.text.split('\r\x1b[2K').at(-1) ?? '';
    t.match(frame, /^running {5}\d\.\d\d s {2}nginx : Install/);
    t.equal(frame.length, 59);
    reporter.message('said meanwhile');
    t.match(sink.text, /\r\x1b\[2K {20}said meanwhile\n$/);
  }
  t.match(sink.text, /\r\x1b\[2K$/, 'leaves a clean line');
  const after = sink.text;
  await sleep(150);
  t.equal(sink.text, after);
});

t.test('names are cut to the width of the terminal, and only there', (t) => {
  const name = 'x'.repeat(100);
  const sink = new Sink(true, 40);
  createStreamReporter(sink, { NO_COLOR: '1' }).stepDone({ ...done, name });
  t.equal(sink.shown, `changed     1.23 s  ${'x'.repeat(19)}…\n`);
  const plain = new Sink(false);
  createStreamReporter(plain, {}).stepDone({ ...done, name });
  t.match(plain.text, name);
  t.end();
});

t.test('a terminal that does not know its width shows names all the same', async (t) => {
  const sink = new Sink(true, 0);
  using reporter = createStreamReporter(sink, { TERM: 'xterm' });
  build(reporter);
  t.match(sink.shown, 'nginx : Install');
});
