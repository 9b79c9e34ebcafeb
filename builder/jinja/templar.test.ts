import t from 'tap';
import { BuilderError } from '../errors.js';
import { processorMs } from '../testing/processor-ms.js';
import { type LookupHost, Templar } from './templar.js';

const files: Readonly<Record<string, string>> = { 'part.j2': 'a\n{{ nope }}\n' };
const host: LookupHost = {
  readFile: (path) => files[path] ?? '',
  env: () => undefined,
  find: (_, name) => (Object.hasOwn(files, name) ? name : undefined),
};
const templarFor = (variables: Record<string, unknown>): Templar =>
  new Templar(
    {
      lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
      names: () => Object.keys(variables),
    },
    host,
  );

function failure(run: () => unknown): BuilderError {
  try {
    run();
  } catch (error) {
    if (error instanceof BuilderError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

t.test('errors name what is wrong, what is near, and where', async (t) => {
  const templar = templarFor({ x: 'y' });
  const filter = failure(() => templar.render('one\n  {{ x | regex_replce("a", "b") }}\n', { name: 'a.j2' }));
  t.equal(filter.message, 'There is no filter "regex_replce"');
  t.equal(filter.hint, 'Did you mean "regex_replace"?');
  t.same(filter.origin, { file: 'a.j2', line: 2, column: 10 });

  const test = failure(() => templar.template('{{ x is strng }}'));
  t.equal(test.message, 'There is no test "strng"');
  t.equal(test.hint, 'Did you mean "string"?');

  t.equal(
    failure(() => templar.template('{{ x | defined }}')).hint,
    '"defined" is a test: write "is" before it.',
  );

  const lookup = failure(() => templar.template('{{ lookup("fil", "x") }}'));
  t.equal(lookup.message, 'There is no lookup "fil"');
  t.equal(lookup.hint, 'Did you mean "file"?');

  const undefinedName = failure(() => templar.render('a\nb {{ nope }}', { name: 'b.j2' }));
  t.equal(undefinedName.message, "'nope' is undefined");
  t.equal(undefinedName.hint, 'Define it, or use the filter "default".');
  t.same(undefinedName.origin, { file: 'b.j2', line: 2, column: 3 });

  const inPart = failure(() => templar.render('{% include "part.j2" %}', { name: 'c.j2' }));
  t.same(inPart.origin, { file: 'part.j2', line: 2, column: 1 });

  const syntax = failure(() => templar.render('a\n{% if x %}\n', { name: 'd.j2' }));
  t.equal(syntax.message, 'The template is not valid: "endif" is missing');
  t.equal(syntax.origin?.file, 'd.j2');
});

t.test('what no build could repeat, or what needs the machine, is refused by name', async (t) => {
  const templar = templarFor({ l: [1, 2], s: 'x' });
  for (const expression of [
    'l | random',
    'l | shuffle',
    's | password_hash',
    '"%Y" | strftime',
    'now()',
    's | expanduser',
    's | realpath',
    'lookup("pipe", "ls")',
    'lookup("password", "/dev/null")',
    'lookup("url", "http://x")',
  ]) {
    const error = failure(() => templar.template(`{{ ${expression} }}`));
    const name =
      /"(\w+)"|(\w+)\(\)|\| (\w+)/
        .exec(expression.replace(/^"%Y" /, ''))
        ?.slice(1)
        .find((one) => one !== undefined) ?? '';
    t.match(error.message, name, expression);
    t.ok(error.hint, `${expression} has a hint`);
  }
});

t.test('values that make too much are refused', async (t) => {
  const templar = templarFor({ a: '{{ a }}', b: '{{ c ~ c }}', c: '{{ b ~ b }}' });
  for (const text of [
    '{{ "x" * 99999999999 }}',
    '{{ [1] * 99999999999 }}',
    '{{ range(99999999999) | list }}',
    '{{ 9 ** 9 ** 9 ** 9 ** 9 ** 9 ** 9 }}',
    '{{ "x" | center(99999999999) }}',
    '{{ "%99999999999d" % 1 }}',
    '{{ "{:99999999999}".format(1) }}',
    '{{ a }}',
    '{{ b }}',
    `${'('.repeat(500)}`.replace(/^/, '{{ '),
    `{{ ${'-'.repeat(5000)}1 }}`,
    `{{ ${'1+'.repeat(20000)}1 }}`,
    '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
    '{% for x in range(9999) %}{% for y in range(9999) %}{% for z in range(9999) %}{% endfor %}{% endfor %}{% endfor %}',
    '{% set x = [] %}{% set _ = x.append(x) %}{{ x }}',
  ]) {
    const started = processorMs();
    t.ok(failure(() => templar.template(text)).message, text.slice(0, 60));
    t.ok(processorMs() - started < 10_000, 'in time');
  }
});

t.test('names of JavaScript mean nothing in templates', async (t) => {
  const templar = templarFor({ d: {}, l: [1], s: 'x', i: 1 });
  for (const name of ['constructor', '__proto__', 'hasOwnProperty', 'prototype', 'length', 'map'])
    for (const of of ['d', 'l', 's', 'i'])
      t.equal(templar.template(`{{ ${of}.${name} is defined }}`), false, `${of}.${name}`);
  for (const name of ['constructor', 'toString', '__proto__']) {
    t.match(failure(() => templar.template(`{{ s | ${name} }}`)).message, 'There is no filter');
    t.match(failure(() => templar.template(`{{ s is ${name} }}`)).message, 'There is no test');
    t.match(failure(() => templar.template(`{{ ${name} }}`)).message, 'is undefined');
  }
  t.same(templar.template("{{ {'__proto__': {'polluted': 1}} | combine({'a': 1}) | list }}"), [
    '__proto__',
    'a',
  ]);
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

t.test('mappings keep the order of their keys inside of templates', async (t) => {
  const templar = templarFor({});
  t.equal(
    templar.template("{{ {'b': 1, '10': 2, '9': 3} | to_json | string }}"),
    '{"b": 1, "10": 2, "9": 3}',
  );
  t.equal(templar.template("{% for k in {'z': 1, 2: 2, '1': 3} %}{{ k }}{% endfor %}"), 'z21');
});

t.test('10,000 renderings of different templates stay quick and small', async (t) => {
  const templar = templarFor({ l: [1, 2, 3] });
  const started = processorMs();
  for (let index = 0; index < 10_000; index++)
    templar.render(`n${index} {% for x in l %}{{ x }}{% endfor %} {{ l | join(",") }}\n`);
  const ms = processorMs() - started;
  t.ok(ms < 10_000, `${Math.round(ms)} ms`);
});
