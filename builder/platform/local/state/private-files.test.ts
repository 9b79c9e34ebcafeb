import { mkdirSync, readdirSync, statSync } from 'node:fs';
import t from 'tap';
import { environmentFolder } from './environment-folder.js';
import { PrivateFiles } from './private-files.js';

t.test('what is written is whole, for its owner alone, and leaves nothing beside it', async (t) => {
  const files = new PrivateFiles(`${t.testdir()}/deep/folder`);
  t.equal(files.read('one'), undefined);
  t.strictSame(files.names(), []);
  files.write('one', 'first');
  files.write('one', 'second');
  files.write('another', '');
  t.equal(files.read('one'), 'second');
  t.equal(files.read('another'), '', 'an empty file is there');
  t.strictSame(files.names(), ['another', 'one']);
  t.equal(statSync(files.path('one')).mode & 0o777, 0o600);
  t.equal(statSync(files.folder).mode & 0o777, 0o700);
  files.remove();
  t.equal(files.read('one'), undefined);
});

t.test('a folder that others may read is closed to them', async (t) => {
  const folder = `${t.testdir()}/open`;
  mkdirSync(folder, { mode: 0o755 });
  new PrivateFiles(folder).write('one', 'text');
  t.equal(statSync(folder).mode & 0o777, 0o700);
});

t.test('what can not be read or written is said with its path and what to do', async (t) => {
  const folder = t.testdir({ place: 'a file', secrets: { one: { within: '' } } });
  const files = new PrivateFiles(`${folder}/secrets`);
  t.throws(() => files.read('one'), { message: `${folder}/secrets/one can't be read: `, hint: /your user/ });
  t.throws(() => files.write('one', 'text'), { message: `${folder}/secrets/one can't be written: ` });
  t.strictSame(readdirSync(`${folder}/secrets`), ['one'], 'nothing is left of the attempt');
  t.throws(() => new PrivateFiles(`${folder}/place`).write('one', 'text'), {
    message: `${folder}/place`,
    hint: /XDG_DATA_HOME/,
  });
});

t.test("an environment's folder is the user's, or where XDG_DATA_HOME says", async (t) => {
  t.equal(environmentFolder({ XDG_DATA_HOME: '/data' }, 'dev'), '/data/platen/environments/dev');
  const own = /^\/.*\/\.local\/share\/platen\/environments\/dev$/;
  for (const XDG_DATA_HOME of [undefined, '', 'relative'])
    t.match(environmentFolder({ XDG_DATA_HOME }, 'dev'), own, 'a relative one does not count');
});

t.test('what is removed leaves no empty folder, and nothing of others goes', async (t) => {
  const folder = t.testdir({ environment: {} });
  const [one, two] = ['secrets', 'authority'].map(
    (name) => new PrivateFiles(`${folder}/environment/${name}`),
  );
  one?.write('salts', 'x');
  two?.write('authority.key', 'x');
  one?.remove();
  t.strictSame(two?.names(), ['authority.key']);
  two?.remove();
  t.strictSame(readdirSync(folder), []);
});
