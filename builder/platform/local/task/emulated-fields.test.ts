import t from 'tap';
import type { EngineImage } from '../../../engine/docker/resources/images.js';
import { readTaskDefinition } from './read-task-definition.js';
import { taskFields } from './task-fields.js';
import { translateTask } from './translate-task.js';
import type { TranslatedTask } from './translated-task.js';

const image: EngineImage = {
  id: `sha256:${'a'.repeat(64)}`,
  names: [],
  volumes: [],
  exposedPorts: [],
  user: '',
  environment: [],
  entrypoint: [],
  command: [],
  healthCheck: [],
  created: '',
  labels: { 'platen.secrets': 'files' },
};

const one = { Name: 'one', Image: 'mine' };
const two = { Name: 'two', Image: 'mine' };

function translated(definition: object): TranslatedTask {
  const whole = { ContainerDefinitions: [one], ...definition };
  return translateTask(readTaskDefinition(JSON.stringify(whole), 'task.json'), {
    images: { mine: image },
    sharedVolume: ({ Name }) => `shared-${Name}`,
    publishAt: '127.0.0.1',
    architecture: 'X86_64',
  });
}

const container = (more: object) => ({ ContainerDefinitions: [{ ...one, ...more }] });
const volume = (more: object) => ({
  Volumes: [{ Name: 'data', ...more }],
  ...container({ MountPoints: [{ SourceVolume: 'data', ContainerPath: '/data' }] }),
});
const first = (more: object) => ({ containers: [more] });
const host = (HostConfig: object) => first({ options: { HostConfig } });
const held = { containers: [{ name: '~network' }, {}, {}] };

/** A definition that sets the field, and what Docker, or platen in its place, is given for it. */
const effects: Readonly<Record<string, readonly [definition: object, becomes: object]>> = {
  Tags: [{ Tags: [{ Key: 'team', Value: 'web' }] }, first({ options: { Labels: { team: 'web' } } })],
  NetworkMode: [{ NetworkMode: 'awsvpc', ContainerDefinitions: [one, two] }, held],
  PidMode: [{ PidMode: 'host' }, host({ PidMode: 'host' })],
  IpcMode: [
    { IpcMode: 'task', ContainerDefinitions: [one, two] },
    { containers: [{}, { options: { HostConfig: { IpcMode: 'container:~network' } } }, {}] },
  ],
  Cpu: [{ Cpu: '0.5 vCPU' }, host({ NanoCpus: 5e8 })],
  Memory: [{ Memory: '1 GB' }, host({ Memory: 1024 ** 3 })],
  RuntimePlatform: [
    { RuntimePlatform: { CpuArchitecture: 'ARM64' } },
    { notes: [/CpuArchitecture is ARM64, and this machine is X86_64/] },
  ],
  'Volumes.Host': [volume({ Host: { SourcePath: '/srv' } }), host({ Binds: ['/srv:/data'] })],
  'Volumes.EFSVolumeConfiguration': [
    volume({ EFSVolumeConfiguration: { FilesystemId: 'fs' } }),
    host({ Binds: ['shared-data:/data'] }),
  ],
  'Volumes.EFSVolumeConfiguration.AuthorizationConfig': [
    volume({ EFSVolumeConfiguration: { FilesystemId: 'fs', AuthorizationConfig: { AccessPointId: 'ap' } } }),
    host({ Binds: ['shared-data:/data'] }),
  ],
  'Volumes.ConfiguredAtLaunch': [
    volume({ ConfiguredAtLaunch: true }),
    first({ options: { Volumes: { '/data': {} } } }),
  ],
  'ContainerDefinitions.Links': [
    { ContainerDefinitions: [{ ...one, Links: ['two:db'] }, two] },
    { containers: [{ name: 'two' }, { options: { HostConfig: { Links: ['two:db'] } } }] },
  ],
  'ContainerDefinitions.Essential': [container({ Essential: false }), first({ essential: false })],
  'ContainerDefinitions.DependsOn': [
    {
      ContainerDefinitions: [{ ...one, DependsOn: [{ ContainerName: 'two', Condition: 'START' }] }, two],
    },
    {
      containers: [
        { name: 'two' },
        { name: 'one', dependsOn: [{ ContainerName: 'two', Condition: 'START' }] },
      ],
    },
  ],
  'ContainerDefinitions.StartTimeout': [container({ StartTimeout: 7 }), first({ startTimeout: 7 })],
  'ContainerDefinitions.RestartPolicy': [
    container({ RestartPolicy: { Enabled: true, RestartAttemptPeriod: 60 } }),
    first({ restartPolicy: { Enabled: true, RestartAttemptPeriod: 60 } }),
  ],
  'ContainerDefinitions.Secrets': [
    container({ Secrets: [{ Name: 'TOKEN', ValueFrom: 'salts' }] }),
    first({
      secretFiles: [{ name: 'TOKEN', from: 'salts' }],
      options: { Env: ['TOKEN_FILE=/run/secrets/TOKEN'] },
    }),
  ],
  'ContainerDefinitions.PortMappings': [
    container({ PortMappings: [{ ContainerPort: 80, HostPort: 8123 }] }),
    host({ PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8123' }] } }),
  ],
  'ContainerDefinitions.LogConfiguration': [
    container({ LogConfiguration: { LogDriver: 'awslogs', Options: { mode: 'non-blocking' } } }),
    host({ LogConfig: { Type: 'json-file', Config: { mode: 'non-blocking' } } }),
  ],
  'ContainerDefinitions.VersionConsistency': [
    container({ VersionConsistency: 'disabled' }),
    first({ options: { Image: image.id } }),
  ],
};

/** The first part of the names of containers, which who runs the task gives them. */
const elsewhere = new Set(['Family']);

for (const [field, [definition, becomes]] of Object.entries(effects))
  t.test(`${field} is emulated`, async (t) => {
    const { containers, volumes, notes } = translated(definition);
    t.match({ containers, volumes, notes }, becomes);
    t.notOk(
      notes.some((note) => note.includes(`${field.split('.').at(-1)} not honoured`)),
      'and not said to be left out',
    );
  });

t.test('each emulated field has its test', async (t) => {
  const emulated = Object.entries(taskFields).filter(([, { kind }]) => kind === 'emulated');
  const names = emulated.map(([name]) => name).filter((name) => !elsewhere.has(name));
  t.strictSame(names.toSorted(), Object.keys(effects).toSorted());
});
