import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import t from 'tap';
import { BuilderError } from '../../errors.js';
import { processIdentity } from '../../system/process-identity.js';
import { backupFormat, members } from './backup-manifest.js';
import { BackupWriter, asPieces } from './backup-writer.js';
import { openBackup } from './open-backup.js';

const manifest = {
  format: backupFormat,
  version: 1,
  created: '2026-11-29T12:00:00.000Z',
  environment: 'local',
  address: 'https://localhost:8443',
  webroot: 'content',
  image: 'sha256:1',
};

async function* pieces(...all: readonly string[]) {
  for (const one of all) yield await Promise.resolve(Buffer.from(one));
}

async function write(file: string, content: object = manifest): Promise<number> {
  const writer = await BackupWriter.create(file);
  await writer.add(members.manifest, asPieces(JSON.stringify(content)));
  await t.rejects(writer.add(members.database, failing()), /half-way/);
  await writer.add(members.database, pieces('CREATE ', 'TABLE'));
  await writer.add(members.webroot, pieces());
  return writer.finish();
}

async function* failing(): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from('much more than what comes in its place'));
  throw new Error('half-way');
}

const refused = async (file: string): Promise<BuilderError> => {
  const error: unknown = await openBackup(file).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BuilderError)) throw new Error(`${file} was taken`, { cause: error });
  return error;
};

t.test('what is written is read, also by tar and sha256sum, by its owner alone', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'site.backup');
  t.equal(await write(file), statSync(file).size);
  t.equal(statSync(file).mode & 0o777, 0o600);
  const backup = await openBackup(file);
  t.match(backup, { manifest, size: statSync(file).size });
  t.equal(await text(backup.read(members.database)), 'CREATE TABLE');
  execFileSync('tar', ['--extract', '--file', file, '--directory', folder]);
  t.match(
    execFileSync('sha256sum', ['--check', members.sums], { cwd: folder, encoding: 'utf8' }),
    /webroot.*OK/,
  );
  await t.rejects(BackupWriter.create(file), { code: 'usage', message: /is there already/ });
});

t.test('one that was given up leaves nothing, and one that was killed, until the next', async (t) => {
  const dead = processIdentity().replace(/\.\d+$/, '.1');
  const others = [`a.${processIdentity()}.b.part`, 'a.part', `b.${dead}.part`];
  const folder = t.testdir(Object.fromEntries([...others, `a.${dead}.part`].map((name) => [name, 'x'])));
  const writer = await BackupWriter.create(join(folder, 'a'));
  await writer.add(members.manifest, asPieces('{}'));
  await writer.abandon();
  t.strictSame(readdirSync(folder).toSorted(), others.toSorted());
  await t.rejects(BackupWriter.create(join(folder, 'no/such')), {
    code: 'failed',
    message: /can't be written: there is no such folder/,
  });
});

t.test('another file, a part of one, and a damaged one are told apart', async (t) => {
  const folder = t.testdir({ text: 'hello', empty: '', long: 'x'.repeat(5000) });
  const file = join(folder, 'site.backup');
  const size = await write(file);
  const whole = await buffer((await import('node:fs')).createReadStream(file));
  for (const other of ['text', 'empty', 'long'])
    t.match(await refused(join(folder, other)), { code: 'invalid', message: /is no backup of platen's/ });
  execFileSync('tar', ['--create', '--file', join(folder, 'other.tar'), '--directory', folder, 'text']);
  t.match(await refused(join(folder, 'other.tar')), { message: /is no backup/ });
  t.match(await refused(join(folder, 'none')), { code: 'not-found' });
  // At each block: nowhere it is taken for whole.
  for (let end = 512; end < size - 1024; end += 512) {
    truncateSync(file, end);
    t.match(await refused(file), { code: 'invalid', message: /is (cut short|no backup)/ }, `${end} bytes`);
    writeFileSync(file, whole);
  }
  const at = whole.indexOf('CREATE');
  const bad = Buffer.from(whole);
  bad[at] = 0x63;
  writeFileSync(file, bad);
  t.match(await refused(file), { message: /damaged: database\.sql\.gz is not what its checksum says/ });
  t.ok(readFileSync(file).equals(bad), 'nothing is written to it');
});

t.test('one of a newer platen is refused by its format', async (t) => {
  const file = join(t.testdir(), 'new');
  await write(file, { ...manifest, version: 2, environment: 7 });
  t.match(await refused(file), { code: 'invalid', message: /newer platen \(format 2\)/ });
});
