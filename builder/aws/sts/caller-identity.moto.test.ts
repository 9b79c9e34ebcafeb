import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MotoServer } from '../../testing/moto-server.js';
import { setVariables } from '../../testing/set-variables.js';
import { callerIdentity } from './caller-identity.js';

t.test(
  'a profile that is named is taken, whatever the environment has, and one that is missing is no other',
  async (t) => {
    const moto = await MotoServer.start(t);
    const credentials = join(t.testdir(), 'credentials');
    writeFileSync(
      credentials,
      '[work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n',
    );
    setVariables(t, { ...moto.environment, AWS_SHARED_CREDENTIALS_FILE: credentials });
    const region = 'eu-central-1';
    t.match(await callerIdentity({ region }), { account: '123456789012' });
    t.match(await callerIdentity({ region, profile: 'work' }), { account: '123456789012' });
    await t.rejects(callerIdentity({ region, profile: 'nowhere' }), { message: /^Can't find out whose/ });
  },
);
