import t from 'tap';
import { aptFailure, aptScript } from './apt-script.js';

t.test('why apt failed is one sentence', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['E: Unable to locate package nginx-lite\n', "No package matching 'nginx-lite' is available"],
    ["E: Version '9' for 'nginx' was not found\nE: other\n", "Version '9' for 'nginx' was not found"],
    [
      'E: Failed to fetch http://127.0.0.1:9/dists/trixie/InRelease  Unable to connect to 127.0.0.1:9:\n' +
        'E: Some index files failed to download. They have been ignored, or old ones used instead.\n',
      "apt-get can't fetch http://127.0.0.1:9/dists/trixie/InRelease: Unable to connect to 127.0.0.1:9",
    ],
    [
      "E: Failed to fetch http://deb.example/a.deb  Temporary failure resolving 'deb.example'\n",
      "apt-get can't fetch http://deb.example/a.deb: Temporary failure resolving 'deb.example'",
    ],
  ];
  for (const [stderr, message] of cases)
    t.equal(aptFailure(100, 'Reading package lists...', stderr), message);
  t.equal(aptFailure(7, 'one\n', 'two\n'), 'apt-get failed with exit code 7: one\n\ntwo');
});

t.test('no run of apt makes the cache that is made anew after packages changed', async (t) => {
  const calls = [
    ['install', 'nginx'],
    ['remove', 'apache2'],
  ];
  const script = aptScript({ update: true, needsLists: true, calls, dpkgOptions: [] });
  const runs = script.split('\n').filter((line) => line.startsWith('apt-get'));
  t.equal(runs.length, 3);
  for (const run of runs) t.match(run, /-o'? '?Dir::Cache::pkgcache='? /);
});
