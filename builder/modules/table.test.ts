import t from 'tap';
import { findModule, moduleTable, refusalOf } from './table.js';

const required =
  'apt package user group file copy template lineinfile blockinfile replace stat find command shell get_url unarchive service debug assert fail';

t.test('has every module under its short and full names', async (t) => {
  for (const name of required.split(' ')) {
    t.equal(moduleTable.get(name)?.name, name);
    for (const prefix of ['ansible.builtin', 'ansible.legacy'])
      t.equal(findModule(`${prefix}.${name}`), moduleTable.get(name));
  }
});

t.test('says why there is none', async (t) => {
  t.equal(findModule('nosuch'), undefined);
  t.equal(findModule('other.collection.file'), undefined);
  t.match(refusalOf('coppy'), /there is no module 'coppy'; did you mean 'copy'\?/);
  t.match(refusalOf('ansible.builtin.pause'), /is not supported: nothing waits/);
  t.match(refusalOf('qqqqqqqqqqq'), /known: apt, assert/);
});

t.test('refuses unknown arguments in every module', async (t) => {
  for (const [name, module] of moduleTable) {
    const parsed = module.args.safeParse({ surely_unknown: 1 });
    t.equal(parsed.success, false, name);
    t.match(JSON.stringify(parsed.error?.issues), /unknown argument 'surely_unknown'/, name);
  }
});
