import t from 'tap';
import { hostSettings, mebibytes, processors } from './host-settings.js';
import { networkSettings } from './task-network.js';
import { secretsOwner } from './task-secrets.js';

const one = { Name: 'one', Image: 'mine' };
const mib = 1024 ** 2;

t.test('sizes of a task are read in both ways in which AWS writes them', async (t) => {
  t.strictSame(['256', '0.25 vCPU', '2 vcpu', undefined, 'much'].map(processors), [
    0.25,
    0.25,
    2,
    undefined,
    undefined,
  ]);
  t.strictSame(['512', '0.5 GB', '2gb', undefined, 'much'].map(mebibytes), [
    512,
    512,
    2048,
    undefined,
    undefined,
  ]);
});

t.test("a container's own limits come before its task's", async (t) => {
  const task = { Cpu: '1024', Memory: '2 GB', ContainerDefinitions: [one] };
  t.match(hostSettings(one, task), { Memory: 2048 * mib, NanoCpus: 1e9 });
  const own = {
    ...one,
    Memory: 256,
    MemoryReservation: 128,
    Cpu: 1,
    LinuxParameters: { MaxSwap: 0, Swappiness: 10 },
  };
  t.match(hostSettings(own, task), {
    Memory: 256 * mib,
    MemoryReservation: 128 * mib,
    MemorySwap: 256 * mib,
    MemorySwappiness: 10,
    CpuShares: 2,
  });
  t.notOk('CpuShares' in hostSettings({ ...one, Cpu: 0 }, task), 'none is no share');
});

t.test('no more files are asked for than this machine gives', async (t) => {
  const limits = [
    { Name: 'nofile', SoftLimit: 1024, HardLimit: 65536 },
    { Name: 'nproc', SoftLimit: 9999, HardLimit: 9999 },
  ];
  t.strictSame(hostSettings({ ...one, Ulimits: limits }, { ContainerDefinitions: [one] }, 4096).Ulimits, [
    { Name: 'nofile', Soft: 1024, Hard: 4096 },
    { Name: 'nproc', Soft: 9999, Hard: 9999 },
  ]);
});

t.test('devices have the rights that are named, or all', async (t) => {
  const Devices = [
    { HostPath: '/dev/fuse' },
    { HostPath: '/dev/null', ContainerPath: '/dev/x', Permissions: ['read' as const] },
  ];
  t.strictSame(
    hostSettings({ ...one, LinuxParameters: { Devices } }, { ContainerDefinitions: [one] }).Devices,
    [
      { PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rwm' },
      { PathOnHost: '/dev/null', PathInContainer: '/dev/x', CgroupPermissions: 'r' },
    ],
  );
});

t.test("a task's network has what all of its containers say of it", async (t) => {
  const web = {
    ...one,
    Hostname: 'web',
    PortMappings: [{ ContainerPort: 80 }, { ContainerPortRange: '7000-7002', Protocol: 'udp' as const }],
    DnsServers: ['10.0.0.2'],
  };
  const side = {
    ...one,
    SystemControls: [{ Namespace: 'net.core.somaxconn', Value: '512' }],
    DnsServers: ['10.0.0.3'],
  };
  const surroundings = { images: {}, sharedVolume: () => 'x', architecture: 'X86_64' };
  const settings = networkSettings([web, side], surroundings);
  t.strictSame(Object.keys(settings.ExposedPorts ?? {}), ['80/tcp', '7000/udp', '7001/udp', '7002/udp']);
  t.match(settings, {
    Hostname: 'web',
    HostConfig: { Dns: ['10.0.0.2', '10.0.0.3'], Sysctls: { 'net.core.somaxconn': '512' } },
  });
  t.notOk('PortBindings' in settings.HostConfig, 'nothing is published where no address is given');
  const published = networkSettings([web], { ...surroundings, publishAt: '127.0.0.1' }).HostConfig
    .PortBindings;
  t.strictSame(published['80/tcp'], [{ HostIp: '127.0.0.1', HostPort: '0' }], 'any port where none is named');
});

t.test('secrets belong to the numbers that a container is started as', async (t) => {
  t.strictSame(secretsOwner('33:44'), { uid: 33, gid: 44 });
  t.strictSame(secretsOwner('33'), { uid: 33, gid: 33 });
  t.strictSame(secretsOwner('www-data'), { uid: 0, gid: 0 }, 'of a name, nobody knows its number here');
  t.strictSame(secretsOwner(''), { uid: 0, gid: 0 });
});
