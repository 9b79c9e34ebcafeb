import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';
import { withoutCoverage } from './platen-program.js';

const project = resolve('.');
const table = '| `upper/` | what calls |\n| `lower/` | what is called |\n';

function check(folder: string): string {
  const script = `${withoutCoverage} exec "$0" "$1"`;
  const { status, stderr } = spawnSync('sh', ['-c', script, join(project, 'scripts/check-rooms'), folder], {
    encoding: 'utf8',
  });
  return status === 0 ? 'well' : stderr.trim();
}

function tree(files: Readonly<Record<string, string>>): string {
  const folder = t.testdir({ 'CONTRIBUTING.md': table });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

t.test('imports that go down are well, also of what all may import', async (t) => {
  const folder = tree({
    'builder/upper/a.ts': "import { b } from '../lower/b.js';\nimport { e } from '../errors.js';\n",
    'builder/lower/b.ts': "import type { e } from '../errors.js';\n",
    'builder/lower/b.test.ts': "import { a } from '../upper/a.js';\n",
    'builder/errors.ts': '',
  });
  t.equal(check(folder), 'well');
});

t.test('imports that go up are named, in each of their forms', async (t) => {
  const folder = tree({
    'builder/upper/a.ts': '',
    'builder/lower/b.ts': "import type { a } from '../upper/a.js';\n",
    'builder/lower/c.ts': "export { a } from '../upper/a.js';\n",
    'builder/lower/d.ts': "const { a } = await import('../upper/a.js');\n",
    'builder/errors.ts': "import './lower/b.js';\n",
  });
  const said = check(folder);
  for (const from of ['lower/b.ts', 'lower/c.ts', 'lower/d.ts', 'errors.ts'])
    t.match(said, `builder/${from} imports `);
});

t.test('circles, crowded folders and rooms without a row are named', async (t) => {
  const circle = tree({
    'builder/lower/a.ts': "import type { b } from './b.js';\n",
    'builder/lower/b.ts': "import { c } from './c.js';\n",
    'builder/lower/c.ts': "import { a } from './a.js';\n",
  });
  t.match(check(circle), /in a circle: .*a\.ts.*b\.ts.*c\.ts/);
  const names = Array.from({ length: 26 }, (_, index) => [`builder/lower/f${index}.ts`, '']);
  t.match(check(tree(Object.fromEntries(names))), 'builder/lower/ has 26 source files');
  t.match(check(tree({ 'builder/other/a.ts': '' })), 'builder/other/ is missing in the table');
});
