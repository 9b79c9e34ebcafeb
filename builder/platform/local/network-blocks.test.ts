import t from 'tap';
import { freeBlocks } from './network-blocks.js';

t.test('blocks that overlap nothing', async (t) => {
  const next = (...used: string[]) => freeBlocks(used).next().value as string | undefined;
  t.equal(next(), '10.213.0.0/24');
  t.equal(next('192.168.0.0/16', 'fe80::1/64', ''), '10.213.0.0/24');
  t.equal(next('10.213.0.0/24', '10.213.1.77/28'), '10.213.2.0/24');
  t.equal(next('10.213.0.9'), '10.213.1.0/24', 'a single address');
  t.equal(next('10.212.0.0/15'), undefined, 'a block that has them all');
});
