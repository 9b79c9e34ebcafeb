import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Reporter } from '../../reporter.js';
import { createStreamReporter } from './stream-reporter.js';
import type { TerminalStream } from '../terminal-stream.js';

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

const done = { kind: 'step-done', cached: false, ms: 1234, changed: true } as const;

function build(reporter: Reporter): void {
  reporter.report({ kind: 'base-started', name: 'debian trixie' });
  reporter.report({ kind: 'base-done', name: 'debian trixie', cached: true, ms: 4 });
  reporter.report({ kind: 'step-started', name: 'nginx : Install' });
  reporter.report({ kind: 'step-output', text: 'Unpacking nginx\n' });
  reporter.report({ ...done, name: 'nginx : Install', reason: 'the variable nginx_packages changed' });
  reporter.report({ ...done, name: 'nginx : Same', changed: false, ms: 3 });
  reporter.report({ ...done, name: 'nginx : Old', cached: true, ms: 0 });
  reporter.report({ ...done, name: 'nginx : Broken\x1b[2J\n\x07', failed: true, ms: 125_000 });
  reporter.report({ kind: 'message', text: 'two\nlines' });
  reporter.report({ kind: 'warning', text: 'careful' });
  reporter.report({ kind: 'smoke-started', name: 'page' });
  reporter.report({ kind: 'smoke-done', name: 'page', passed: true, ms: 800 });
  reporter.report({ kind: 'loaded', tags: ['web:latest'], ms: 90 });
  reporter.report({ kind: 'written', path: 'out', ms: 9 });
  push(reporter);
}

function push(reporter: Reporter): void {
  const names = ['x.io/web:1'];
  const blob = (name: string, size: number) => ({ name, digest: name, size, done: 0 });
  reporter.report({ kind: 'push-started', names });
  reporter.report({ kind: 'push-progress', ...blob('debian trixie', 30_300_000), state: 'existing' });
  reporter.report({ kind: 'push-progress', ...blob('packages', 73_600_000), state: 'mounted' });
  reporter.report({
    kind: 'push-done',
    names,
    digest: 'sha256:d',
    uploaded: 2,
    mounted: 1,
    existing: 1,
    bytes: 1234,
    ms: 310,
  });
  reporter.report({
    kind: 'push-done',
    names,
    digest: 'sha256:d',
    uploaded: 0,
    mounted: 0,
    existing: 4,
    bytes: 0,
    ms: 20,
  });
  reporter.report({ kind: 'scan-started', repository: 'web' });
  const findings = [
    { name: 'CVE-2026-1', severity: 'HIGH', package: 'zlib1g', version: '1.3', fixedIn: '1.4' },
  ];
  reporter.report({
    kind: 'scan-done',
    findings: [...findings, { name: 'CVE-2026-22', severity: 'LOW' }],
    ms: 7000,
  });
}

const lines = `cached      0.00 s  base debian trixie
changed     1.23 s  nginx : Install
                    because the variable nginx_packages changed
ok          0.00 s  nginx : Same
cached      0.00 s  nginx : Old
failed  2 min 05 s  nginx : Broken${' '}
                    two
                    lines
                    warning: careful
passed      0.80 s  check: page
loaded      0.09 s  web:latest into Docker
written     0.01 s  out
there       0.00 s  debian trixie: 30.3 MB
mounted     0.00 s  packages: 73.6 MB
pushed      0.31 s  x.io/web:1: 2 blobs sent (1.2 kB), 1 mounted, 1 there
pushed      0.02 s  x.io/web:1: the registry already had everything
scanned     7.00 s  2 findings
                    severity  finding      package  version  fixed in
                    high      CVE-2026-1   zlib1g   1.3      1.4
                    low       CVE-2026-22
`;

t.test('the live line of a push tells how far it is, and each blob how fast it was', async (t) => {
  const sink = new Sink(true, 120);
  const reporter = createStreamReporter(sink, { NO_COLOR: '1' });
  const one = { name: 'packages', digest: 'a', size: 60_000_000 };
  const two = { name: 'base', digest: 'b', size: 40_000_000 };
  reporter.report({ kind: 'push-started', names: ['localhost:5000/web:latest'] });
  reporter.report({ kind: 'push-progress', ...one, done: 0, state: 'uploading' });
  reporter.report({ kind: 'push-progress', ...two, done: 0, state: 'uploading' });
  reporter.report({ kind: 'push-progress', ...one, done: 45_000_000, state: 'uploading' });
  await sleep(250);
  t.match(sink.text, /push localhost:5000\/web:latest {2}2 blobs, 45\.0 MB of 100\.0 MB, [0-9.]+ [GM]B\/s/);
  reporter.report({ kind: 'push-progress', ...one, done: 60_000_000, state: 'uploaded' });
  t.match(sink.shown, /^sent +[0-9.]+ s {2}packages: 60\.0 MB, [0-9.]+ MB\/s\n$/);
  reporter.report({ kind: 'push-progress', ...two, done: 1_000_000, state: 'uploading' });
  await sleep(250);
  t.match(sink.text, /1 blob, 1\.0 MB of 40\.0 MB/);
  reporter[Symbol.dispose]();
});

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
    reporter.report({ kind: 'step-started', name: 'nginx : Install nginx and whatever it needs' });
    reporter.report({ kind: 'step-output', text: 'Unpacking a\nUnpacking \x1b[1mb\x1b[0m (1.2)\r\n\n' });
    await sleep(250);
    const frame = sink.text.split('\r\x1b[2K').at(-1) ?? '';
    t.match(frame, /^running {5}\d\.\d\d s {2}nginx : Install/);
    t.equal(frame.length, 59);
    reporter.report({ kind: 'message', text: 'said meanwhile' });
    t.match(sink.text, /\r\x1b\[2K {20}said meanwhile\n$/);
    await sleep(150);
  }
  t.match(sink.text, /\r\x1b\[2K$/, 'leaves a clean line');
  const after = sink.text;
  await sleep(150);
  t.equal(sink.text, after);
});

t.test('names are cut to the width of the terminal, and only there', (t) => {
  const name = 'x'.repeat(100);
  const sink = new Sink(true, 40);
  createStreamReporter(sink, { NO_COLOR: '1' }).report({ ...done, name });
  t.equal(sink.shown, `changed     1.23 s  ${'x'.repeat(19)}…\n`);
  const plain = new Sink(false);
  createStreamReporter(plain, {}).report({ ...done, name });
  t.match(plain.text, name);
  t.end();
});

t.test('a terminal that does not know its width shows names all the same', async (t) => {
  const sink = new Sink(true, 0);
  using reporter = createStreamReporter(sink, { TERM: 'xterm' });
  build(reporter);
  t.match(sink.shown, 'nginx : Install');
});
