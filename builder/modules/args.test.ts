import t from 'tap';
import type { z } from 'zod';
import { choice, flag, integer, list, mode, moduleArgs, path, text, textOrJson } from './args.js';

const type = moduleArgs(
  {
    path,
    mode: mode.optional(),
    force: flag.default(false),
    names: list.default([]),
    state: choice('present', 'absent').default('present'),
    count: integer.optional(),
    content: textOrJson.optional(),
    note: text.optional(),
  },
  { aliases: { dest: 'path' }, refused: { backup_dir: 'a layer has no backups' } },
);

function parse(given: Record<string, unknown>): z.output<typeof type> {
  return type.parse({ path: '/x', ...given });
}

function problems(given: Record<string, unknown>): string[] {
  const result = type.safeParse(given);
  return result.success ? [] : result.error.issues.map(({ message }) => message);
}

t.test('booleans as Ansible reads them', async (t) => {
  for (const yes of [true, 'yes', 'On', 1, '1', 'true', 'Y']) t.equal(parse({ force: yes }).force, true);
  for (const no of [false, 'no', 'off', 0, '0', 'False', 'n']) t.equal(parse({ force: no }).force, false);
  t.match(problems({ path: '/x', force: 'maybe' }), [/expected yes or no, got 'maybe'/]);
});

t.test('modes: numbers are taken as they are, strings are octal or symbolic', async (t) => {
  t.equal(parse({ mode: 0o755 }).mode, '0755');
  t.equal(parse({ mode: 644 }).mode, '1204', 'the octal trap: decimal 644');
  t.equal(parse({ mode: '644' }).mode, '0644');
  t.equal(parse({ mode: '0o2750' }).mode, '2750');
  t.equal(parse({ mode: 'u=rwX,go-w' }).mode, 'u=rwX,go-w');
  for (const bad of ['rw', '999', 'u=q', '77777', 1.5, true, ['0644']])
    t.match(problems({ path: '/x', mode: bad }), [/mode must be in octal or symbolic form/]);
});

t.test('lists, numbers, JSON and null', async (t) => {
  t.same(parse({ names: 'a, b,c' }).names, ['a', 'b', 'c']);
  t.same(parse({ names: ['a,b', 1, true] }).names, ['a,b', '1', 'True']);
  t.equal(parse({ count: '12' }).count, 12);
  t.equal(parse({ content: { a: [1, null], b: 'é' } }).content, '{"a": [1, null], "b": "\\u00e9"}');
  t.equal(parse({ note: null }).note, undefined);
});

t.test('unknown, refused, missing and doubled arguments are named', async (t) => {
  t.match(problems({ path: '/x', forse: true }), [/unknown argument 'forse'; did you mean 'force'\?/]);
  t.match(problems({ path: '/x', zzzzzz: true }), [/unknown argument 'zzzzzz'; known: path, mode/]);
  t.match(problems({ path: '/x', backup_dir: '/' }), [
    /'backup_dir' is not supported: a layer has no backups/,
  ]);
  t.match(problems({ path: '/x', attr: '+i' }), [/'attr' is not supported: an image layer carries no/]);
  t.same(problems({ path: '/x', mode: '0644', setype: 't' }), [], 'as where SELinux is off');
  t.match(problems({}), [/missing required argument 'path'/]);
  t.match(problems({ path: '/x', dest: '/y' }), [/'dest' and 'path' are the same argument/]);
  t.match(problems({ path: 'relative' }), [/expected an absolute path, got 'relative'/]);
  t.match(problems({ path: '/x', state: 'latest' }), [/expected one of present, absent, got 'latest'/]);
});

t.test('paths', async (t) => {
  t.equal(type.parse({ dest: '~/x' }).path, '/root/x');
  t.equal(type.parse({ dest: '//a/../b/' }).path, '/b/');
});
