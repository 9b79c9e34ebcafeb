import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { debianLayer, engineCases } from '../testing/engine-cases.js';
import { removeTree, sandboxEngine } from './sandbox.js';

const base = await debianLayer();
const folder = join(t.testdir(), 'sandbox');
t.teardown(() => removeTree(folder));

engineCases(t, sandboxEngine({ folder }), base);

t.test('sessions leave nothing behind', async (t) => {
  t.strictSame(readdirSync(join(folder, 'sessions')), []);
});
