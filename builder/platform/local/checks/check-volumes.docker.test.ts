import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { dockerResources } from '../../../engine/docker/resources/docker-resources.js';
import { buildForTest, removeTags } from '../../../testing/build-for-test.js';
import { leftovers } from '../../../testing/local-platform.js';
import type { PlannedPlatform } from '../apply-local.js';
import { PlatformNames } from '../platform-names.js';
import { checkVolumes } from './check-volumes.js';

t.setTimeout(300_000);

const names = new PlatformNames(`t${process.pid}-${randomBytes(2).toString('hex')}`);
const docker = await dockerResources({ host: process.env.DOCKER_HOST });
// Any small image will do: nothing of it runs.
const { reference: image } = await buildForTest('loadbalancer', { tag: 'check-volumes' });
t.teardown(() => removeTags(image));
const id = (await docker.images.find(image))?.id ?? '';
const volume = names.of('database');

async function madeVolume(t: Test, script: string, labels = names.labels('database')): Promise<void> {
  await docker.volumes.create(volume, { labels });
  t.teardown(() => docker.volumes.remove(volume));
  const name = names.of('maker');
  await docker.containers.create(name, {
    Image: image,
    User: '0:0',
    Entrypoint: ['/bin/sh', '-c', script],
    Cmd: [],
    HostConfig: { NetworkMode: 'none', Binds: [`${volume}:/v:nocopy`] },
  });
  await docker.containers.start(name);
  t.equal(await docker.containers.wait(name), 0);
  await docker.containers.remove(name);
}

/** A database that is about to be created, on a volume that is there. */
function planned({ action = 'create', volumes = [volume], of = id } = {}): PlannedPlatform {
  const options = { Image: of, HostConfig: { Binds: [`${volume}:/var/lib/mysql`] } };
  const task = { containers: [{ options, secretsOwner: { uid: 999, gid: 998 } }] };
  return {
    wanted: { parts: [{ part: { name: 'database' }, task }], volumes: { [volume]: {} } },
    found: {
      volumes,
      tasks: [],
      parts: { database: { name: 'stopped', volumes: { '/var/lib/mysql': volume } } },
    },
    plan: {
      changes: [{ part: 'database', type: 'container', action, reasons: [] }],
      service: { change: { action: 'none' } },
    },
  } as unknown as PlannedPlatform;
}

const problems = async (plan: PlannedPlatform) => (await checkVolumes({ docker, names }, plan)).problems;

t.test('an old volume of another user is told with its mend', async (t) => {
  await madeVolume(t, 'echo x >/v/ibdata1; chown -R 1234:1234 /v');
  const found = await problems(planned());
  t.match(found, [
    {
      message: `The volume ${volume} belongs to user 1234, and database runs as user 999`,
      hint: `-v ${volume}:/volume ${id.slice(7, 19)} -R 999:998 /volume". To begin without: "docker rm stopped && docker volume rm ${volume}".`,
    },
  ]);
  t.strictSame(await leftovers(names.environment), [volume], 'nothing of the look is left');
  t.strictSame(await problems(planned({ action: 'none' })), [], 'one that runs is not looked at');
  t.strictSame(
    await problems(planned({ of: `sha256:${'0'.repeat(64)}` })),
    [],
    'nor with an image that is not built',
  );
  const [, command = ''] = /To go on with what is in it: "(.*?)"/.exec(found[0]?.hint ?? '') ?? [];
  const [program = '', ...argv] = command.split(' ');
  execFileSync(program, argv);
  t.strictSame(await problems(planned()), [], 'the command mends it');
});

t.test('a volume of its user is right, and so is an empty one', async (t) => {
  await madeVolume(t, 'chown 1234 /v');
  t.strictSame(await problems(planned()), [], 'Docker gives an empty one to who mounts it');
  await docker.volumes.remove(volume);
  await madeVolume(t, 'echo x >/v/ibdata1; chown 999:998 /v');
  t.strictSame(await problems(planned()), [], 'whosever what is in it is: of that the server itself tells');
});

t.test('a volume that somebody else made is not taken as one that is to be made', async (t) => {
  await madeVolume(t, 'true', {} as never);
  t.match(await problems(planned({ volumes: [] })), [
    {
      message: `A volume ${volume} is there that platen did not make for ${names.environment}`,
      hint: `docker volume rm ${volume}`,
    },
  ]);
});
