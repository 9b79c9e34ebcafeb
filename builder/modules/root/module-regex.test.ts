import { execFileSync } from 'node:child_process';
import t from 'tap';
import { firstMatch, pythonRegex, substitute } from './module-regex.js';

const cases: readonly (readonly [pattern: string, replacement: string, text: string, multiline: boolean])[] =
  [
    ['^a', 'X', 'a\na\n', true],
    ['^a', 'X', 'a\na\n', false],
    ['a$', 'X', 'a\na\n', true],
    ['a$', 'X', 'a\na\n', false],
    ['a\\Z', 'X', 'a\na', false],
    ['\\Aa', 'X', 'a\na', true],
    ['.+', '[\\g<0>]', 'a\r\nb\u2028c', false],
    ['(?P<k>\\w+)=(?P<v>\\w+)', '\\g<v>=\\g<k>', 'one=two three=four', false],
    ['(?i)ABC', 'x', 'abcABC', false],
    ['(?s)a.b', 'x', 'a\nb', false],
    ['[]x]+', '-', 'a]x]b', false],
    ['[^]x]+', '-', 'a]x]b', false],
    ['(a)|(b)', '<\\1\\2>', 'ab', false],
    ['\\s*$', '', 'a  \nb \n', true],
    ['$', '!', 'a\nb\n', true],
    ['x*', '-', 'axb', false],
    ['\\.', '\\\\', 'a.b', false],
    ['a', '\\t\\n', 'a', false],
    ['(a)(?#comment)b', '$1&$&', 'ab', false],
  ];

const program = `import json, re, sys
for p, r, s, m in json.load(sys.stdin):
    print(json.dumps(re.subn(re.compile(p, re.M if m else 0), r, s)))`;

t.test('replaces as Python does', async (t) => {
  const printed = execFileSync('/usr/bin/python3', ['-c', program], { input: JSON.stringify(cases) });
  const expected = printed
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  t.equal(expected.length, cases.length);
  for (const [index, [pattern, replacement, text, multiline]] of cases.entries())
    t.same(substitute(pythonRegex(pattern, { multiline }), replacement, text), expected[index], pattern);
});

t.test('says what it can not do', async (t) => {
  t.throws(() => pythonRegex('(a'), /'\(a' is not a regular expression/);
  t.throws(() => pythonRegex('(?x) a'), /verbose patterns are not supported/);
  t.throws(() => substitute(/a/g, '\\2', 'a'), /invalid group reference 2/);
  t.throws(() => substitute(/a/g, '\\q', 'a'), /bad escape/);
});

t.test('keeps no state between calls', async (t) => {
  const pattern = pythonRegex('a');
  t.equal(firstMatch(pattern, 'a')?.index, 0);
  t.equal(firstMatch(pattern, 'a')?.index, 0);
});
