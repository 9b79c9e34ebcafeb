import t from 'tap';
import { inOrder } from './in-order.js';

const piece = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });

t.test('each piece begins when those before it are done, others beside it', async (t) => {
  const told: string[] = [];
  const gates = new Map<string, () => void>();
  const all = inOrder(
    [
      piece('edge', 'network', 'logs'),
      piece('network', 'elsewhere'),
      piece('logs'),
      piece('database', 'network'),
    ],
    ({ name }) => {
      told.push(`+${name}`);
      return new Promise<void>((done) => {
        gates.set(name, () => {
          told.push(`-${name}`);
          done();
        });
      });
    },
  );
  const end = async (name: string): Promise<void> => {
    gates.get(name)?.();
    await new Promise(setImmediate);
  };
  t.same(told, ['+network', '+logs']);
  await end('network');
  t.same(told.slice(2), ['-network', '+database']);
  await end('database');
  await end('logs');
  t.same(told.slice(4), ['-database', '-logs', '+edge']);
  await end('edge');
  await all;
});

t.test('after a failure nothing more begins, and what runs is waited for', async (t) => {
  const told: string[] = [];
  let finish = (): void => undefined;
  const all = inOrder([piece('a'), piece('b'), piece('c', 'b')], async ({ name }) => {
    told.push(`+${name}`);
    if (name === 'a') throw new Error('a broke');
    await new Promise<void>((done) => (finish = done));
    told.push(`-${name}`);
  });
  await new Promise(setImmediate);
  finish();
  await t.rejects(all, { message: 'a broke' });
  t.same(told, ['+a', '+b', '-b']);
});
