import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { BuilderError } from '../errors.js';
import { processorMs } from '../testing/processor-ms.js';
import { PythonRandom } from './python/python-random.js';
import { Templar } from './templar.js';

const folder = [
  new URL('./fixtures/', import.meta.url),
  new URL('../../../builder/jinja/fixtures/', import.meta.url),
]
  .map((url) => fileURLToPath(url))
  .find((path) => existsSync(join(path, 'expressions.txt'))) as string;
const expressions = readFileSync(join(folder, 'expressions.txt'), 'utf8').trimEnd().split('\n');
const templates = readdirSync(join(folder, 'templates'))
  .filter((name) => name.endsWith('.j2'))
  .map((name) => readFileSync(join(folder, 'templates', name), 'utf8'));
const variables = JSON.parse(readFileSync(join(folder, 'variables.json'), 'utf8')) as Record<string, unknown>;

const pieces = [
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  '-%}',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '|',
  ',',
  ':',
  '.',
  '~',
  '**',
  '//',
  '%',
  '"',
  "'",
  '\\',
  ' is ',
  ' not ',
  ' in ',
  ' if ',
  ' else ',
  ' for x in ',
  'loop',
  'nope',
  '999999999999',
  '-1',
  '0',
  '1e308',
  'none',
  'true',
  '\n',
  '\u0000',
  '😀',
  '__class__',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '| list',
  '| string',
  '* 99999999',
  '| center(99999999)',
  "* 'x'",
  '(?P<',
  '[^',
  '%s',
  '%(a)s',
  '{0}',
];

/** Makes one to four changes: deletes, inserts or doubles a part, or copies one from another case. */
function mutated(source: string, chance: PythonRandom): string {
  let text = source;
  for (let count = 1 + chance.below(4); count > 0; count--) {
    const at = chance.below(text.length + 1);
    const length = chance.below(8);
    const other = expressions[chance.below(expressions.length)] ?? '';
    const ways = [
      () => text.slice(0, at) + text.slice(at + length),
      () => text.slice(0, at) + (pieces[chance.below(pieces.length)] ?? '') + text.slice(at),
      () => text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length),
      () => text.slice(0, at) + other.slice(chance.below(other.length + 1)) + text.slice(at),
    ];
    text = ways[chance.below(ways.length)]?.() ?? text;
  }
  return text;
}

t.test('2,000 mutated templates give a result or a BuilderError, in time', async (t) => {
  const chance = new PythonRandom('platen');
  const templar = new Templar(
    {
      lookup: (name) => (Object.hasOwn(variables, name) ? structuredClone(variables[name]) : undefined),
      names: () => Object.keys(variables),
    },
    {
      readFile: () => 'file {{ s }}',
      env: () => undefined,
      find: (_, name) => (name.includes('part') ? `/${name}` : undefined),
      names: () => ['a.txt'],
      kind: () => 'file',
    },
  );
  let results = 0;
  let refused = 0;
  let slowest = { ms: 0, text: '' };
  const started = processorMs();
  for (let index = 0; index < 2000; index++) {
    const all = index % 4 === 0 ? templates : expressions;
    const text = mutated(all[chance.below(all.length)] ?? '', chance);
    const before = processorMs();
    try {
      if (index % 4 === 0) templar.render(text, { name: 'x.j2' });
      else if (index % 4 === 1) templar.condition(text.replace(/^\{\{|\}\}$/g, ''));
      else templar.template(text);
      results++;
    } catch (error) {
      if (!(error instanceof BuilderError))
        t.fail(`${JSON.stringify(text)}: ${String((error as Error).stack)}`);
      else if (error.message === '') t.fail(`no message: ${text}`);
      refused++;
    }
    const ms = processorMs() - before;
    if (ms > slowest.ms) slowest = { ms, text };
  }
  t.comment(
    `${results} results, ${refused} refused, ${Math.round(processorMs() - started)} ms; slowest ${Math.round(slowest.ms)} ms: ${slowest.text}`,
  );
  t.ok(results > 300, 'some still work');
  t.ok(refused > 300, 'some are refused');
  t.ok(slowest.ms < 5000, 'none takes long');
});
