import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';

/** What the tests of a machine without moto get from `scripts/setup test`; it brings Flask and boto3. */
const own = resolve('dist/test-tools/moto');

t.test("functions in templates and the example's application do what they say, against moto", async (t) => {
  const path = existsSync(own) ? { PYTHONPATH: own } : {};
  const output = execFileSync('sh', ['-c', 'python3 builder/testing/functions_test.py 2>&1 || true'], {
    encoding: 'utf8',
    env: { ...process.env, ...path, PYTHONDONTWRITEBYTECODE: '1' },
  });
  t.match(output, /\nRan 8 tests in .*\n\nOK\n$/, output);
});
