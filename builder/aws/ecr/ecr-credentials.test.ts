import t from 'tap';
import { ecrCredentials } from './ecr-credentials.js';
import type { EcrRegistry } from './ecr-registry.js';

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

/** Credentials from a registry that numbers its tokens. */
function numbered({ lifetimeMs }: { lifetimeMs: number }) {
  let now = 1_000_000;
  let given = 0;
  const registry = {
    token: async () => ({
      username: 'AWS',
      password: String(++given),
      expiresAt: new Date(now + lifetimeMs),
    }),
  } as unknown as EcrRegistry;
  const credentials = ecrCredentials({ environment: {}, clock: () => now, connect: () => registry });
  const password = async (renew = false) => (await credentials.find(host, { renew }))?.password;
  return { password, pass: (ms: number) => (now += ms) };
}

t.test('a token is kept until a minute before its end', async (t) => {
  const { password, pass } = numbered({ lifetimeMs: 3_600_000 });
  t.equal(await password(), '1');
  pass(3_500_000);
  t.equal(await password(), '1');
  pass(50_000);
  t.equal(await password(), '2');
});

t.test('one that was refused is given once more', async (t) => {
  const { password } = numbered({ lifetimeMs: 3_600_000 });
  t.equal(await password(), '1');
  t.strictSame(await Promise.all([password(true), password(true), password()]), ['2', '2', '2']);
  t.equal(await password(), '2');
});

t.test('a clock that is wrong does not ask again and again', async (t) => {
  const { password } = numbered({ lifetimeMs: -3_600_000 });
  t.strictSame([await password(), await password()], ['1', '1']);
});

t.test('after a failure the next one asks again', async (t) => {
  let fails = true;
  const registry = {
    token: async () => {
      if (fails) throw new Error('no');
      return { username: 'AWS', password: 'x' };
    },
  } as unknown as EcrRegistry;
  const credentials = ecrCredentials({ environment: {}, connect: () => registry });
  await t.rejects(credentials.find(host, { renew: false }), { message: 'no' });
  fails = false;
  t.strictSame(await credentials.find(host, { renew: false }), { username: 'AWS', password: 'x' });
});
