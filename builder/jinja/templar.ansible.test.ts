import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tap from 'tap';
import { BuilderError } from '../errors.js';
import { knownDifferences } from './fixtures/known-differences.js';
import { Float, floatText } from './python/float.js';
import { isMapping } from './python/python-value.js';
import { type LookupHost, Templar } from './templar.js';

// The compiled test is in another folder than the fixtures.
const folder = [
  new URL('./fixtures/', import.meta.url),
  new URL('../../../builder/jinja/fixtures/', import.meta.url),
]
  .map((url) => fileURLToPath(url).replace(/\/$/, ''))
  .find((path) => existsSync(join(path, 'templar.py'))) as string;

const lines = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
const variables = JSON.parse(readFileSync(join(folder, 'variables.json'), 'utf8')) as Record<string, unknown>;
variables['big'] = 12345678901234567890n;
variables['fl'] = 2.5;
const environment: Record<string, string> = { PLATEN_TEST_SOME: 'value' };

const expressions = lines('expressions.txt');
const conditions = lines('conditions.txt');
const templates = readdirSync(join(folder, 'templates'))
  .filter((name) => name.endsWith('.j2'))
  .sort();

interface Outcome {
  readonly value?: unknown;
  readonly error?: string;
}

const theirs = JSON.parse(
  spawnSync('/usr/bin/python3', [join(folder, 'templar.py')], {
    input: JSON.stringify({
      expressions,
      conditions,
      templates,
      folder,
      variables: { ...variables, big: 0 },
    }).replace('"big":0', '"big":12345678901234567890'),
    encoding: 'utf8',
    env: {
      ...environment,
      PATH: '/usr/bin:/bin',
      HOME: '/nonexistent',
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      ANSIBLE_LOCAL_TEMP: '/tmp/.ansible-templar',
    },
    maxBuffer: 64 * 1024 * 1024,
  }).stdout || '{}',
) as Record<'expressions' | 'conditions' | 'templates', Outcome[]>;

const host: LookupHost = {
  readFile: (path) => readFileSync(path, 'utf8'),
  env: (name) => environment[name],
  find: (kind, name) => [join(folder, kind, name), join(folder, name)].find((path) => existsSync(path)),
  names: (path) => readdirSync(path).sort(),
  kind: (path) => (!existsSync(path) ? undefined : statSync(path).isDirectory() ? 'folder' : 'file'),
};

const templar = (): Templar =>
  new Templar(
    {
      lookup: (name) => (Object.hasOwn(variables, name) ? structuredClone(variables[name]) : undefined),
      names: () => Object.keys(variables),
    },
    host,
  );

/** Converts a value to the form written by the Python side, including types that JSON lacks. */
function plain(value: unknown): unknown {
  if (value instanceof Float) return { float: String(value) };
  if (typeof value === 'number' && !Number.isInteger(value)) return { float: floatText(value) };
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isSafeInteger(value)))
    return { big: String(BigInt(value)) };
  if (Array.isArray(value)) return Array.from(value, plain);
  if (isMapping(value)) return { dict: Object.entries(value).map(([key, item]) => [key, plain(item)]) };
  return value;
}

function outcome(run: () => unknown): Outcome {
  try {
    return { value: plain(run()) };
  } catch (error) {
    if (!(error instanceof BuilderError)) throw error;
    return { error: error.message };
  }
}

const isSame = (a: Outcome | undefined, b: Outcome): boolean =>
  a?.error !== undefined
    ? b.error !== undefined
    : JSON.stringify(a?.value) === JSON.stringify(b.value) && b.error === undefined;

function compareAll(
  t: Pick<typeof tap, 'same' | 'ok' | 'comment'>,
  kind: keyof typeof theirs,
  cases: string[],
  run: (one: string) => unknown,
): void {
  const differing = new Set<string>();
  cases.forEach((one, index) => {
    const expected = theirs[kind]?.[index];
    const found = outcome(() => run(one));
    if (isSame(expected, found)) return;
    differing.add(one);
    if (!Object.hasOwn(knownDifferences, one)) t.same(found, expected, one);
  });
  const known = cases.filter((one) => Object.hasOwn(knownDifferences, one));
  for (const one of known) t.ok(differing.has(one), `${one} still differs: ${knownDifferences[one]}`);
  t.comment(
    `${cases.length - differing.size} of ${cases.length} ${kind} as with Ansible, ${known.length} differ on purpose`,
  );
  t.ok(cases.length > known.length * 10, 'nearly all are as with Ansible');
}

tap.test('expressions give what Ansible gives, types included', async (t) => {
  t.equal(theirs.expressions?.length, expressions.length, 'Ansible has answered');
  compareAll(t, 'expressions', expressions, (one) => templar().template(one));
});

tap.test('conditions hold where they hold for Ansible', async (t) => {
  compareAll(t, 'conditions', conditions, (one) => templar().condition(one));
});

tap.test('templates render as by the module template', async (t) => {
  t.ok(templates.length >= 25, `${templates.length} templates`);
  compareAll(t, 'templates', templates, (one) =>
    templar().render(readFileSync(join(folder, 'templates', one), 'utf8'), {
      name: one,
      path: join(folder, 'templates', one),
    }),
  );
});

tap.test('every known difference is one of the cases', async (t) => {
  const all = new Set([...expressions, ...conditions, ...templates]);
  for (const one of Object.keys(knownDifferences)) t.ok(all.has(one), one);
});
