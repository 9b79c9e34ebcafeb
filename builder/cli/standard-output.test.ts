import { spawnSync } from 'node:child_process';
import t from 'tap';
import { PlatenProgram, withoutCoverage } from '../testing/platen-program.js';

const program = new PlatenProgram(t.testdir());

const shell = (line: string) =>
  spawnSync('/bin/sh', ['-c', `${withoutCoverage} ${line}`, process.execPath, program.path], {
    encoding: 'utf8',
  });

t.test('a result that could not be written is a failure', async (t) => {
  const { status, stderr } = shell(`"$0" "${program.path}" --version >/dev/full`);
  t.equal(status, 1);
  t.match(stderr, /^platen: The result could not be written: ENOSPC: no space left on device/);
});

t.test('whoever reads the result may stop reading', async (t) => {
  const { status, stderr } = shell(`set -e; "$0" "${program.path}" --help | :`);
  t.equal(status, 0);
  t.equal(stderr, '');
});
