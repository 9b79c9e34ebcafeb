import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { findLastBuild } from '../open/last-build.js';
import { openStore } from '../store/content-store.js';
import { SmallProject } from './fixtures/small-project.js';

const small = await SmallProject.create(t.testdir(), {
  'playbooks/small.yml': `- hosts: all
  tasks:
    - { name: One, copy: { content: "1", dest: /etc/one }, tags: one }
    - { name: Two, copy: { content: "2", dest: /etc/two }, tags: [two, slow] }
    - { name: Always, copy: { content: "0", dest: /etc/zero }, tags: always }
`,
});
const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
const names = (steps: readonly { readonly name: string }[]) => steps.map(({ name }) => name);

t.test('tags choose tasks, as in Ansible', async (t) => {
  t.strictSame(names((await small.build({ onlyTags: ['one'] })).steps), ['One', 'Always']);
  t.strictSame(names((await small.build({ skipTags: ['slow'] })).steps), ['One', 'Always']);
  t.strictSame(names((await small.plan({ onlyTags: ['two'] })).steps), ['Two', 'Always']);
  t.strictSame(names((await small.build()).steps), ['One', 'Two', 'Always']);
});

t.test('what lacks some of its tasks is delivered under no name, nor taken for the last build', async (t) => {
  const project = await SmallProject.create(t.testdir(), {
    'playbooks/small.yml': readFileSync(join(small.folder, 'playbooks/small.yml'), 'utf8'),
  });
  const partial = await project.build({ onlyTags: ['one'], load: 'auto' }, nowhere);
  t.match(partial, { tags: [], loaded: false, layout: undefined });
  using store = openStore(join(project.cache, 'platen'));
  const find = () => findLastBuild({ projectFolder: project.folder, image: 'small' }, store);
  t.throws(find, { message: 'images/small was not built yet on this machine' });
  const whole = await project.build({ explain: true });
  t.equal(find().digest, whole.digest);
  t.match(whole.steps[0], { name: 'One', cached: true });
  t.match(whole.steps[1], { name: 'Two', reason: 'new step' });
  await project.build({ onlyTags: ['one'] });
  t.equal(find().digest, whole.digest, 'that stays the last');
});

t.test('it goes to a file, and under a name that it is given', async (t) => {
  const output = { kind: 'oci', path: 'out' } as const;
  const { digest } = await small.build({ onlyTags: ['one'], output });
  const nameOf = () =>
    (
      JSON.parse(readFileSync(join(small.folder, 'out/index.json'), 'utf8')) as {
        manifests: { annotations: Record<string, string> }[];
      }
    ).manifests[0]?.annotations['org.opencontainers.image.ref.name'];
  const found = execFileSync('skopeo', ['inspect', `oci:${small.folder}/out`], { encoding: 'utf8' });
  t.equal((JSON.parse(found) as { Digest: string }).Digest, digest);
  t.equal(nameOf(), 'small:partial');
  await small.build({ onlyTags: ['one'], output, tags: [':try'] });
  t.equal(nameOf(), 'small:try');
});
