import t from 'tap';
import { definitionDifference } from './definition-difference.js';

const base = {
  containers: [
    {
      options: { Image: `sha256:${'a'.repeat(64)}`, Env: ['WORDPRESS_DEBUG=false', 'A=1'], User: '33:33' },
      secrets: { WORDPRESS_SECRET: 'f00' },
    },
  ],
};
const text = (change: (copy: typeof base) => void = () => {}): string => {
  const copy = structuredClone(base);
  change(copy);
  return JSON.stringify(copy);
};
const [first] = [base.containers[0]];

t.test('what differs is told by its name', async (t) => {
  t.ok(first);
  const differences = (change: (copy: typeof base) => void) => definitionDifference(text(), text(change));
  const one = (copy: typeof base) =>
    copy.containers[0] ?? { options: { Image: '', Env: [], User: '' }, secrets: {} };
  t.strictSame(definitionDifference(text(), text()), []);
  t.strictSame(
    differences((copy) => (one(copy).options.Image = `sha256:${'b'.repeat(64)}`)),
    ['Image aaaaaaaaaaaa → bbbbbbbbbbbb'],
  );
  t.strictSame(
    differences((copy) => (one(copy).options.Env = ['A=1', 'WORDPRESS_DEBUG=true', 'B=2'])),
    ['WORDPRESS_DEBUG false → true', 'B: 2'],
    'whatever the order',
  );
  t.strictSame(
    differences((copy) => (one(copy).options.Env = ['A=1'])),
    ['WORDPRESS_DEBUG no longer false'],
  );
  t.strictSame(
    differences((copy) => Object.assign(one(copy).secrets, { WORDPRESS_SECRET: 'ba5' })),
    ['WORDPRESS_SECRET (its contents)'],
    'and a secret without any value',
  );
});

t.test('a definition of another version is different, and no failure', async (t) => {
  t.ok(definitionDifference(undefined, text()).length > 0);
  t.ok(definitionDifference('{', text()).length > 0);
});
