import t from 'tap';
import { StepBench, fileEntry, makeStep } from './fixtures/step-bench.js';
import { fragmentOf } from '../plan/fragment.js';
import { compareRuns } from './compare-runs.js';

t.test('what a step leaves otherwise in a second run is named', async (t) => {
  const bench = new StepBench(t);
  const timed = (name: string, files: Readonly<Record<string, string>>) => ({
    step: makeStep(name),
    done: bench.done(files),
    ms: 1,
  });
  const same = timed('same', { '/srv/a': '1' });
  compareRuns([same], [timed('same', { '/srv/a': '1' })]);
  const mode = fragmentOf([{ ...fileEntry('/srv/m', '1', bench.store), mode: 0o600 }]);
  t.throws(
    () =>
      compareRuns(
        [same, timed('dates', { '/srv/b': 'monday', '/srv/same': '1' }), timed('modes', { '/srv/m': '1' })],
        [
          same,
          timed('dates', { '/srv/b': 'tuesday', '/srv/same': '1', '/srv/x': '' }),
          { ...timed('modes', {}), done: { ...bench.done({}), fragment: mode } },
        ],
      ),
    {
      code: 'failed',
      message:
        '2 of 3 steps left different files when they ran again\n' +
        'dates:\n  /srv/b (content)\n  /srv/x (in one run only)\n' +
        'modes:\n  /srv/m (mode)',
    },
  );
});
