import t from 'tap';
import { RootTree } from '../../plan/root-tree.js';
import { MemoryStore } from '../fixtures/memory-store.js';
import { blockinfile } from './blockinfile.js';

async function edit(text: string, args: object): Promise<string> {
  const root = new RootTree(new MemoryStore(), 0);
  root.put('/f', { type: 'file', mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text) });
  const nothing = (): never => {
    throw new Error('nothing is to run');
  };
  const context = { root, epoch: 0, exec: nothing, readHost: nothing, user: 'root', environment: {} };
  await blockinfile.run(blockinfile.args.parse({ path: '/f', block: 'x', ...args }), context);
  return root.read('/f').toString();
}

const block = '# BEGIN ANSIBLE MANAGED BLOCK\nx\n# END ANSIBLE MANAGED BLOCK\n';
const both = { prepend_newline: true, append_newline: true };

// Debian's Ansible lacks these arguments: the expected texts are from ansible-core 2.16.
t.test('empty lines around a block are made once, and not at the ends of a file', async (t) => {
  const once = await edit('a\nb\n', { insertafter: '^a', ...both });
  t.equal(once, `a\n\n${block}\nb\n`);
  t.equal(await edit(once, { insertafter: '^a', ...both }), once);
  t.equal(await edit('a\nb\n', both), `a\nb\n\n${block}`);
  t.equal(await edit('a\n', { insertbefore: 'BOF', ...both }), `${block}\na\n`);
  t.equal(await edit('a\n', { insertafter: '^a' }), `a\n${block}`);
});

t.test('arguments for SELinux are taken, and do nothing', async (t) => {
  t.equal(await edit('', { setype: 'httpd_sys_content_t', seuser: 'system_u' }), block);
});
