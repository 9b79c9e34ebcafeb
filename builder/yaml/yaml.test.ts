import t from 'tap';
import { SpecError } from '../errors.js';
import { excerpt, parseYaml } from './yaml.js';

const data = (text: string): unknown => parseYaml(text, 'x.yml').data;

function problems(text: string): string[] {
  try {
    parseYaml(text, 'x.yml');
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ message, origin }) => `${origin?.line}:${origin?.column} ${message}`);
  }
  return [];
}

t.test('scalars are what PyYAML makes of them', async (t) => {
  const cases: [string, unknown][] = [
    ['0755', 0o755],
    ['"0755"', '0755'],
    ['089', '089'],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['-12', -12],
    ['0', 0],
    ['22:30', 1350],
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['~', null],
    ['', null],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e3', '1e3'],
    ['1.0e+3', 1000],
    ['.inf', Infinity],
    ['2001-12-14', '2001-12-14'],
    ['1.2.3', '1.2.3'],
    ['!!str 12', '12'],
  ];
  for (const [text, value] of cases) t.same(data(`a: ${text}`), { a: value }, text);
});

t.test('merge keys give way to own keys', async (t) => {
  const text = 'base: &b {a: 1, b: 2}\nother: &o {b: 3, c: 4}\nx:\n  <<: [*b, *o]\n  a: 9\n';
  t.strictSame((data(text) as { x: unknown }).x, { a: 9, b: 2, c: 4 });
});

t.test('values and keys know where they stand', async (t) => {
  const document = parseYaml('- name: a\n  vars:\n    port: 80\n- two\n', 'p.yml');
  t.same(document.originOf([0, 'vars', 'port']), { file: 'p.yml', line: 3, column: 11 });
  t.same(document.originOfKey([0, 'vars', 'port']), { file: 'p.yml', line: 3, column: 5 });
  t.same(document.originOf([1]), { file: 'p.yml', line: 4, column: 3 });
  t.same(document.originOf([0, 'vars', 'none']), { file: 'p.yml', line: 3, column: 5 }, 'nearest parent');
  t.same(document.originOf([]), { file: 'p.yml', line: 1, column: 1 });
});

t.test('what is wrong is said with its place, all at once', async (t) => {
  t.match(problems('a: 1\na: 2\nb: 1\nb: 2\n'), ['2:1 "a" is given twice', '4:1 "b" is given twice']);
  t.match(problems('a: [1\nb: 2\n'), [/^\d+:\d+ /]);
  t.match(problems('a: !vault x\n'), ['1:4 The tag !vault is not known']);
  t.match(problems('a: !!int x\n'), ['1:4 The tag !!int does not fit this value']);
  t.match(problems('a: 1\n---\nb: 2\n'), [/^2:1 Only one document/]);
  t.match(problems('a: {{ b }}\n'), [/can't be a key/]);
  t.match(problems('__proto__: 1\n'), [/can't be a key/]);
  t.match(problems('a: *b\n'), ['1:4 There is no anchor &b before this alias']);
  t.match(problems('a: &a [*a]\n'), [/There is no anchor &a/]);
  t.match(problems('a: {<<: 3}\n'), [/Only mappings can be merged/]);
});

t.test('an unquoted template says to quote it', async (t) => {
  for (const text of ['a: {{ b }}\n', 'a: {{ b }}/c\n']) {
    try {
      parseYaml(text, 'x.yml');
      t.fail('it was taken');
    } catch (error) {
      t.match((error as SpecError).problems[0]?.hint, /quotes/);
    }
  }
});

t.test('bombs and abysses are refused', async (t) => {
  const bomb = ['a0: &a0 [x, x]'];
  for (let level = 1; level < 40; level++)
    bomb.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
  t.match(problems(bomb.join('\n')), [/expand to too much/]);
  t.match(problems('['.repeat(100_000)), [/./]);
  t.match(problems(`${'['.repeat(3000)}${']'.repeat(3000)}`), [/nested too deeply/]);
  t.match(problems(Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')), [
    /nested too deeply/,
  ]);
});

t.test('options give floats and tags another form', async (t) => {
  const options = {
    float: (value: number) => ({ float: value }),
    scalarTags: { '!unsafe': (text: string) => `raw ${text}` },
  };
  t.same(parseYaml('a: 1.0\nb: 1\nc: !unsafe "{{ x }}"', 'x.yml', options).data, {
    a: { float: 1 },
    b: 1,
    c: 'raw {{ x }}',
  });
});

t.test('an excerpt shows the line and a caret', async (t) => {
  t.equal(excerpt('a: 1\nbas: debian\n', { file: 'x', line: 2, column: 1 }), '  2 | bas: debian\n    | ^');
  t.equal(excerpt('\ta: b', { file: 'x', line: 1, column: 5 }), '  1 | \ta: b\n    | \t   ^');
  t.equal(excerpt('a', { file: 'x', line: 7, column: 1 }), '');
  const long = excerpt(`${'x'.repeat(5000)}!`, { file: 'x', line: 1, column: 5001 });
  const [line = '', caret = ''] = long.split('\n');
  t.equal(line[caret.indexOf('^')], '!');
});

/** mulberry32: the same mutations every time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

t.test('a tab in an indentation is one problem, at the tab', async (t) => {
  const tab = 'Tabs are not allowed as indentation';
  t.same(problems('- name: x\n\tcommand: x\n\twhen: y\n'), [`2:1 ${tab}`]);
  t.same(problems('a:\n  \tb: [c]\n'), [`2:3 ${tab}`]);
  t.match(problems("a:\n\tb: 'open\n"), [tab]);
  t.match(problems('a: [b\n'), [/^(?!.*Tabs)/]);
});

t.test('ten thousand mutations give data or a SpecError', async (t) => {
  const seed =
    '# c\n- hosts: all\n  vars: &v {a: 1.5, "b": [x, \'y\'], <<: {q: 1}}\n  tasks:\n    - name: n\n' +
    '      copy:\n        content: |\n          line {{ x }}\n        mode: 0755\n      when: a is b\n    - *v\n';
  const bits = [
    '{',
    '}',
    '[',
    ']',
    ':',
    '- ',
    '\n',
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    '"',
    "'",
    '\t',
    '%',
    '? ',
    '<<: ',
    '\0',
    '---\n',
    ',',
  ];
  const random = randomNumbers(1);
  let refused = 0;
  for (let round = 0; round < 10_000; round++) {
    let text = seed;
    for (let edit = random(2); edit >= 0; edit--) {
      const at = random(text.length);
      const bit = bits[random(bits.length)] ?? '';
      text = text.slice(0, at) + (random(3) > 0 ? bit : '') + text.slice(at + random(4));
    }
    if (problems(text).length > 0) refused++;
  }
  t.ok(refused > 2000 && refused < 10_000, `${refused} were refused`);
});
