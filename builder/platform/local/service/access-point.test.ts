import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadEnvironment } from '../../../spec/load-environment.js';
import { serviceDefinition } from './service-definition.js';

/** The definition, of stacks whose `files.yaml` was changed. */
function accessPointOf(folder: string, change: (text: string) => string) {
  const stacks = 'infra-cfn/stacks';
  mkdirSync(join(folder, stacks), { recursive: true });
  for (const name of ['service', 'tasks', 'files']) {
    const text = readFileSync(`${stacks}/${name}.yaml`, 'utf8');
    writeFileSync(join(folder, stacks, `${name}.yaml`), name === 'files' ? change(text) : text);
  }
  const { local, ...spec } = loadEnvironment('.', 'local');
  if (local === undefined) throw new Error('local is not of this machine');
  const image = `sha256:${'a'.repeat(64)}`;
  const inputs = { projectFolder: folder, environment: 'local', image, subnet: '10.213.0.0/24' };
  return serviceDefinition({ ...inputs, spec: { ...spec, local } }).accessPoint;
}

t.test("the web root's owner comes from the stack, not from the image", (t) => {
  t.strictSame(
    accessPointOf(t.testdir(), (text) => text),
    { owner: { uid: 33, gid: 33 }, mode: '0755', user: { uid: 33, gid: 33 } },
  );
  const changed = accessPointOf(t.testdir(), (text) =>
    text.replace(
      "OwnerUid: '33', OwnerGid: '33', Permissions: '0755'",
      "OwnerUid: '1234', OwnerGid: '5', Permissions: '0750'",
    ),
  );
  t.match(changed, { owner: { uid: 1234, gid: 5 }, mode: '0750' });
  t.throws(() => accessPointOf(t.testdir(), (text) => text.replace('CreationInfo:', 'CreationInf:')), {
    message: /has no AWS::EFS::AccessPoint with PosixUser and CreationInfo/,
  });
  t.end();
});
