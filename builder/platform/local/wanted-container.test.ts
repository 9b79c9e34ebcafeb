import t from 'tap';
import { readTaskDefinition } from './task/read-task-definition.js';
import { translateTask } from './task/translate-task.js';
import { taskVolumeNames, wantedContainers } from './wanted-container.js';

const place = {
  name: 'platen-task-1',
  network: 'net',
  address: '10.213.0.100',
  aliases: ['site'],
  labels: {},
  files: [],
  secrets: { valueFrom: () => '', fingerprint: () => '' },
};

function task(definition: object) {
  const parsed = readTaskDefinition(JSON.stringify(definition), 'task.json');
  return translateTask(parsed, { images: {}, sharedVolume: ({ Name }) => Name, architecture: 'X86_64' });
}

const web = { Name: 'web', Image: 'mine', PortMappings: [{ ContainerPort: 80 }] };
const db = { Name: 'db', Image: 'mine' };

t.test('names of a task are those of its definition, after its own', async (t) => {
  const both = [{ SourceVolume: 'both', ContainerPath: '/both' }];
  const translated = task({
    NetworkMode: 'awsvpc',
    PidMode: 'task',
    Volumes: [{ Name: 'both' }],
    ContainerDefinitions: [
      { ...web, MountPoints: both },
      // A name that platen might have wanted for itself.
      {
        ...db,
        Name: 'network',
        MountPoints: both,
        VolumesFrom: [{ SourceContainer: 'web', ReadOnly: true }],
      },
    ],
  });
  const host = { PidMode: 'container:platen-task-1.network', Binds: ['platen-task-1.both:/both'] };
  t.match(wantedContainers(translated, place), [
    { name: 'platen-task-1.network', options: { HostConfig: { NetworkMode: 'net' } } },
    {
      name: 'platen-task-1-web',
      options: { HostConfig: { ...host, NetworkMode: 'container:platen-task-1.network' } },
    },
    {
      name: 'platen-task-1-network',
      options: { HostConfig: { ...host, VolumesFrom: ['platen-task-1-web:ro'] } },
    },
  ]);
  t.strictSame(taskVolumeNames(translated, place), [['platen-task-1.both', {}]]);
});

t.test('of containers with networks of their own, the one that is asked has the address', async (t) => {
  const translated = task({ ContainerDefinitions: [{ ...web, Links: ['db', 'db:mysql'] }, db] });
  const endpoints = wantedContainers(translated, place).map(
    ({ options }) => options.NetworkingConfig?.EndpointsConfig?.['net'],
  );
  t.strictSame(endpoints, [
    { Aliases: [] },
    {
      Aliases: ['site'],
      IPAMConfig: { IPv4Address: '10.213.0.100' },
      Links: ['platen-task-1-db:db', 'platen-task-1-db:mysql'],
    },
  ]);
});
