import t from 'tap';
import type { TaskDefinition } from '../task/task-definition.js';
import { givenSecrets } from './given-secrets.js';

const container = (Name: string, ...secrets: readonly (readonly [name: string, from: string])[]) => ({
  Name,
  Image: 'mine',
  Secrets: secrets.map(([name, ValueFrom]) => ({ Name: name, ValueFrom })),
});
const task = (...ContainerDefinitions: TaskDefinition['ContainerDefinitions']) => ({ ContainerDefinitions });
const password = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3:password::';

t.test('a secret is what is in its file, without the end of the line', async (t) => {
  const file = `${t.testdir({ key: 'value\n' })}/key`;
  const shared = task(container('web', ['PASSWORD', password]), container('db', ['PASSWORD', password]));
  t.equal(givenSecrets(shared, { PASSWORD: file }).valueFrom(password), 'value');
});

t.test('of one name for two secrets each is asked for by its container', async (t) => {
  const folder = t.testdir({ one: '1', two: '2' });
  const both = task(
    container('web', ['KEY', 'arn:web'], ['ONE', 'arn:one']),
    container('db', ['KEY', 'arn:db']),
  );
  t.throws(() => givenSecrets(both, { KEY: `${folder}/one` }), {
    message: '--secret KEY: the task has no secret of that name',
    hint: 'It has: web.KEY, ONE, db.KEY.',
  });
  t.throws(() => givenSecrets(both, { 'web.KEY': `${folder}/one`, ONE: `${folder}/one` }), {
    message: /wants a secret db\.KEY/,
  });
  const files = { 'web.KEY': `${folder}/one`, 'db.KEY': `${folder}/two`, ONE: `${folder}/one` };
  const { valueFrom } = givenSecrets(both, files);
  t.strictSame([valueFrom('arn:web'), valueFrom('arn:db')], ['1', '2']);
});

t.test('a file that can not be read is said', async (t) => {
  t.throws(() => givenSecrets(task(container('web', ['KEY', 'arn'])), { KEY: '/no/such' }), {
    message: /^The file of the secret KEY can't be read: ENOENT/,
  });
});
