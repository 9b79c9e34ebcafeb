import t from 'tap';
import { RootTree } from '../../plan/root-tree.js';
import type { ExecCommand } from '../../plan/step.js';
import { apt } from './apt.js';
import { MemoryStore } from '../fixtures/memory-store.js';

const status = `Package: mawk
Status: install ok installed
Architecture: amd64
Version: 1.3.4-1
Provides: awk

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`;

function rootWithStatus(): RootTree {
  const root = new RootTree(new MemoryStore(), 0);
  for (const path of ['/var', '/var/lib', '/var/lib/dpkg'])
    root.put(path, { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
  root.put('/var/lib/dpkg/status', {
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    content: Buffer.from(status),
  });
  return root;
}

async function run(
  given: object,
  printed = '',
): Promise<{ ran: ExecCommand[]; result: { changed: boolean; msg?: string } }> {
  const ran: ExecCommand[] = [];
  const result = await apt.run(apt.args.parse(given), {
    root: rootWithStatus(),
    epoch: 0,
    user: 'root',
    environment: {},
    readHost: () => Buffer.alloc(0),
    exec: (command) => {
      ran.push(command);
      return Promise.resolve({ exitCode: 0, stdout: printed, stderr: '' });
    },
  });
  return { ran, result };
}

t.test('runs no container where all is there', async (t) => {
  for (const given of [
    { name: 'mawk' },
    { name: 'mawk=1.3.*' },
    { name: ['awk', 'mawk:amd64'] },
    { name: 'gone', state: 'absent' },
    { name: 'never', state: 'absent', purge: true },
  ]) {
    const { ran, result } = await run(given);
    t.equal(ran.length, 0, JSON.stringify(given));
    t.equal(result.changed, false);
  }
});

t.test('asks for what is missing only, and reads what packages read', async (t) => {
  const { ran, result } = await run(
    { name: ['mawk', 'tree'], install_recommends: false },
    '\n0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded.\n',
  );
  t.equal(result.changed, true);
  t.match(ran[0]?.argv[2], /APT::Install-Recommends=no install tree$/m);
  t.match(ran[0]?.argv[2], /exit 101/);
  t.match(ran[0]?.reads, ['/var/lib/dpkg', '/etc/apt']);
});

t.test('purges what only has its configuration left', async (t) => {
  const { ran } = await run({ name: 'gone', state: 'absent', purge: true });
  t.match(ran[0]?.argv[2], / purge gone$/m);
});
