import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { PlatenEvent, Reporter } from '../reporter.js';
import { SmallProject } from '../run/fixtures/small-project.js';

const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
const wish = { load: 'auto', engine: 'sandbox' } as const;

const small = await SmallProject.create(t.testdir(), {
  'images/small/image.yaml': `name: small
base: { oci: ../../base }
playbook: small.yml
smoke:
  - { name: a check, command: [sh, -c, 'cat /made'] }
`,
  'playbooks/small.yml': '- hosts: all\n  tasks:\n    - shell: echo made > /made\n',
});
const layout = join(small.folder, 'dist/images/small');

/** A reporter that records events. */
function listener(): { reporter: Reporter; said: () => string } {
  const lines: string[] = [];
  const report = (event: PlatenEvent): void => {
    if (event.kind === 'written') lines.push(`written ${event.path}`);
    if (event.kind === 'message' || event.kind === 'warning') lines.push(event.text);
  };
  return { reporter: { report }, said: () => lines.join('\n') };
}

const inspect = (place: string) =>
  JSON.parse(execFileSync('skopeo', ['inspect', place], { encoding: 'utf8' })) as { Digest: string };

t.test('without Docker the image is in an OCI layout, and it is said how to load it', async (t) => {
  const { reporter, said } = listener();
  const built = await small.build({ ...wish, smoke: true }, nowhere, reporter);
  t.match(built, { loaded: false, layout, tags: [] });
  t.equal(inspect(`oci:${layout}`).Digest, built.digest);
  t.match(said(), `written ${layout}`);
  t.match(
    said(),
    'No Docker engine answers at /nowhere/docker.sock: the image is in that OCI layout instead\n',
  );
  const copied = join(small.folder, 'copied');
  const [, from] = /skopeo copy (oci:\S+) docker-daemon:small:latest\n/.exec(said()) ?? [];
  execFileSync('skopeo', ['copy', '--quiet', from ?? '', `oci:${copied}:small:latest`]);
  t.equal(inspect(`oci:${copied}`).Digest, built.digest, 'and that works');
  t.match(said(), `platen push oci:${layout}`);

  const before = statSync(join(layout, 'index.json')).ino;
  t.equal((await small.build(wish, nowhere)).layout, layout);
  t.equal(statSync(join(layout, 'index.json')).ino, before, 'what is there is not written again');
});

t.test('a wish for Docker fails without it', async (t) => {
  for (const [options, message] of [
    [{ load: true }, /^No Docker engine answers/],
    [{ load: true, engine: 'docker' }, /^No Docker engine answers/],
  ] as const)
    await t.rejects(small.build(options, nowhere), { code: 'unavailable', message });
});

t.test('an image that was written elsewhere is not written twice', async (t) => {
  const { reporter, said } = listener();
  const one = await SmallProject.create(t.testdir(), {
    'playbooks/small.yml': '- hosts: all\n  tasks: []\n',
  });
  const output = { kind: 'tar', path: 'out.tar' } as const;
  const built = await one.build({ ...wish, output }, nowhere, reporter);
  t.equal(built.layout, undefined);
  t.match(said(), `the image is only in tar:${one.folder}/out.tar`);
  t.notOk(existsSync(join(one.folder, 'dist')));
  t.notOk((await one.build({ load: false }, nowhere)).layout);
  t.notOk(existsSync(join(one.folder, 'dist')), '--no-load wants none');
});

t.test('builds at once leave one whole layout, in place of the one before', async (t) => {
  small.write({ 'playbooks/small.yml': '- hosts: all\n  tasks:\n    - shell: echo again > /made\n' });
  const built = await Promise.all([1, 2, 3].map(() => small.build(wish, nowhere)));
  t.equal(new Set(built.map(({ digest }) => digest)).size, 1);
  t.equal(inspect(`oci:${layout}`).Digest, built[0]?.digest);
  t.strictSame(readdirSync(join(small.folder, 'dist/images')), ['small']);
});
