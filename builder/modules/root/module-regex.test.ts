import { execFileSync } from 'node:child_process';
import t from 'tap';
import { type RegexFlags, pythonRegex } from '../../jinja/python/python-regex.js';
import { firstMatch, substitute } from './module-regex.js';

const cases: readonly (readonly [pattern: string, replacement: string, text: string, flags: RegexFlags])[] = [
  ['^a', 'X', 'a\na\n', { multiline: true }],
  ['^a', 'X', 'a\na\n', {}],
  ['a$', 'X', 'a\na\n', { multiline: true }],
  ['a$', 'X', 'a\na\n', {}],
  ['a\\Z', 'X', 'a\na', {}],
  ['\\Aa', 'X', 'a\na', { multiline: true }],
  ['.+', '[\\g<0>]', 'a\r\nb\u2028c', {}],
  ['(?P<k>\\w+)=(?P<v>\\w+)', '\\g<v>=\\g<k>', 'one=two three=four', {}],
  ['(?i)ABC', 'x', 'abcABC', {}],
  ['(?s)a.b', 'x', 'a\nb', {}],
  ['[]x]+', '-', 'a]x]b', {}],
  ['[^]x]+', '-', 'a]x]b', {}],
  ['(a)|(b)', '<\\1\\2>', 'ab', {}],
  ['\\s*$', '', 'a  \nb \n', { multiline: true }],
  ['$', '!', 'a\nb\n', { multiline: true }],
  ['x*', '-', 'axb', {}],
  ['\\.', '\\\\', 'a.b', {}],
  ['a', '\\t\\n', 'a', {}],
  ['(?x) a  b # a comment', 'x', 'ab', {}],
  ['a.b', 'x', 'a\nb', { dotAll: true }],
  ['\\w+', 'x', 'äb c\u0663', {}],
  ['\\w+', 'x', 'äb c\u0663', { ascii: true }],
  ['[^\\W\\d]', 'x', 'äb 1_', { ascii: true }],
  ['\\d', 'x', '1\u0663', { ascii: true }],
  ['\\s', 'x', 'a b\u00a0c\x1cd\ve', { ascii: true }],
  ['[\\S]', 'x', 'a b\u00a0c\x1c', { ascii: true }],
  ['[\\D\\w]', 'x', 'a1\u0663', { ascii: true }],
  ['(a)(?#comment)b', '$1&$&', 'ab', {}],
];

const program = `import json, re, sys
names = {'multiline': re.M, 'dotAll': re.S, 'ascii': re.A}
for p, r, s, flags in json.load(sys.stdin):
    print(json.dumps(re.subn(re.compile(p, sum(names[name] for name in flags)), r, s)))`;

t.test('replaces as Python does', async (t) => {
  const printed = execFileSync('/usr/bin/python3', ['-c', program], { input: JSON.stringify(cases) });
  const expected = printed
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  t.equal(expected.length, cases.length);
  for (const [index, [pattern, replacement, text, flags]] of cases.entries())
    t.same(substitute(pythonRegex(pattern, flags), replacement, text), expected[index], pattern);
});

t.test('says what it can not do', async (t) => {
  t.throws(() => pythonRegex('(a'), /This regular expression is not valid: \(a/);
  t.throws(() => pythonRegex('a++'), /possessive quantifiers are not supported/);
  t.throws(() => substitute(/a/g, '\\2', 'a'), /has no group "2"/);
  t.throws(() => substitute(/a/g, '\\q', 'a'), /bad escape/);
});

t.test('keeps no state between calls', async (t) => {
  const pattern = pythonRegex('a');
  t.equal(firstMatch(pattern, 'a')?.index, 0);
  t.equal(firstMatch(pattern, 'a')?.index, 0);
});
