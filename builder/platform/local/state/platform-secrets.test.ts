import { rmSync, statSync } from 'node:fs';
import t from 'tap';
import { PlatformSecrets, secretNames } from './platform-secrets.js';

t.test('secrets are made once, for their owner alone, and read by name and key', async (t) => {
  const secrets = new PlatformSecrets(t.testdir());
  t.strictSame(secrets.missing(), secretNames);
  t.equal(secrets.valueFrom('salts'), undefined);
  for (const name of secretNames) secrets.make(name);
  t.strictSame(secrets.missing(), []);
  t.equal(statSync(secrets.files.path('salts')).mode & 0o777, 0o600);
  t.equal(statSync(secrets.files.folder).mode & 0o777, 0o700);
  t.equal(secrets.valueFrom('database-application:username::'), 'wordpress');
  const password = secrets.valueFrom('database-application:password::') ?? '';
  t.match(password, /^[\w-]{32}$/);
  t.not(password, secrets.valueFrom('cache:password::'), 'each its own');
  t.ok((secrets.valueFrom('salts') ?? '').length >= 64);
  t.notMatch(secrets.fingerprint('salts'), secrets.valueFrom('salts'));
  t.throws(() => secrets.valueFrom('cashe:password::'), {
    message: 'There is no secret "cashe" in a local platform',
  });
  t.throws(() => secrets.valueFrom('cache:passwort::'), {
    message: 'The secret cache has no value "passwort"',
  });
});

t.test('a secret that was deleted can be put back', async (t) => {
  const secrets = new PlatformSecrets(t.testdir());
  secrets.make('cache');
  const value = secrets.valueFrom('cache') ?? '';
  rmSync(secrets.files.path('cache'));
  t.ok(secrets.missing().includes('cache'));
  secrets.restore('cache', value);
  t.equal(secrets.valueFrom('cache'), value);
});
