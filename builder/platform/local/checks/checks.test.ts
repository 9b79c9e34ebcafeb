import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { dockerError } from '../../../engine/docker/docker-client.js';
import type { ContainerFacts } from '../../../engine/docker/resources/container-facts.js';
import type { LocalSettings } from '../../../spec/environment/local-schema.js';
import { freePorts } from '../../../testing/local-platform.js';
import { PlatformNames } from '../platform-names.js';
import { LocalAuthority } from '../state/local-authority.js';
import { PlatformSecrets } from '../state/platform-secrets.js';
import { PrivateFiles } from '../state/private-files.js';
import { checkDisk, checkMemory, machineRest } from './check-machine.js';
import { checkPorts } from './check-ports.js';
import { checkAuthority, checkNetwork, checkSecrets } from './check-state.js';
import { refuse } from './problem.js';

const names = new PlatformNames('try');
const mib = 1024 * 1024;

t.test('a port that another program has is named, with its setting and file', async (t) => {
  const [httpsPort = 0, httpPort = 0, registryPort = 0, mailPort = 0] = await freePorts(4);
  const local = { address: '127.0.0.1', httpsPort, httpPort, registryPort, mailPort } as LocalSettings;
  t.strictSame((await checkPorts({ spec: { local }, names }, { parts: {} })).problems, []);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(httpsPort, '127.0.0.1', resolve));
  t.teardown(() => other.close());
  const taken = await checkPorts({ spec: { local }, names }, { parts: {} });
  t.match(taken.problems, [
    {
      message: `Port ${httpsPort} of 127.0.0.1 is in use by another program (local.httpsPort)`,
      hint: `"ss -ltnp 'sport = :${httpsPort}'" shows by whom; or give local.httpsPort in infra-cfn/environments/try.yaml another.`,
    },
  ]);
  const own = { ports: { '8443/tcp': `127.0.0.1:${httpsPort}` } } as unknown as ContainerFacts;
  t.strictSame((await checkPorts({ spec: { local }, names }, { parts: { loadbalancer: own } })).problems, []);
  const twice = { ...local, httpsPort: httpPort };
  t.match((await checkPorts({ spec: { local: twice }, names }, { parts: {} })).problems, [
    { message: `Port ${httpPort} is wanted twice (local.httpPort)` },
  ]);
  const nowhere = { ...local, address: '192.0.2.1' };
  t.match((await checkPorts({ spec: { local: nowhere }, names }, { parts: {} })).problems[0], {
    message: 'This machine has no address 192.0.2.1 (local.address)',
  });
});

t.test('too little memory or disk, by what is to be started', async (t) => {
  const rest = { memory: 500 * mib, disk: 2000 * mib, folder: '/var/lib/docker' };
  t.strictSame(checkMemory(rest, { parts: true, tasks: 1 }).problems, []);
  t.match(checkMemory(rest, { parts: true, tasks: 2 }).problems, [
    {
      message: 'This machine has 500 MiB of memory left, and what is to be started takes 590 MiB',
      hint: /--scale 1/,
    },
  ]);
  t.strictSame(checkMemory(rest, { parts: false, tasks: 2 }).problems, []);
  t.strictSame(checkMemory({ ...rest, memory: undefined }, { parts: true, tasks: 200 }).problems, []);
  t.strictSame(checkDisk(rest).problems, []);
  t.match(checkDisk({ ...rest, disk: 100 * mib }).problems, [
    { message: /Docker's disk has 100 MiB left at \/var\/lib\/docker/, hint: /docker system df/ },
  ]);
  const elsewhere = await machineRest({ folder: '/', host: 'another-machine' });
  t.match(elsewhere, { memory: undefined, disk: undefined }, 'of another machine nothing is known');
});

t.test('a secret that is gone is not replaced unasked, where something was made with it', async (t) => {
  const secrets = new PlatformSecrets(join(t.testdir(), 'secrets'));
  const context = { secrets, names };
  const nothing = { volumes: [], parts: {} };
  t.strictSame(checkSecrets(context, nothing).problems, [], 'at first there are none');
  t.match(checkSecrets(context, { ...nothing, volumes: [names.of('database')] }).problems[0], {
    message: /^Secrets of try that its database and tasks were made with are gone: /,
  });
  for (const name of secrets.missing()) secrets.make(name);
  t.strictSame(checkSecrets(context, nothing).problems, []);
  rmSync(secrets.files.path('database-application'));
  t.match(checkSecrets(context, nothing).problems, [
    {
      message: `A secret of try that its database and tasks were made with is gone: ${secrets.files.path('database-application')}`,
      hint: /Put the files back from a copy of .*--new-secrets/,
    },
  ]);
});

t.test('an authority that lost its key or certificate knows it', async (t) => {
  const files = new PrivateFiles(join(t.testdir(), 'authority'));
  const authority = new LocalAuthority(files, 'try');
  t.notOk(authority.isLost(), 'none was made yet');
  await authority.issue('web', { hosts: ['web'] });
  t.notOk(authority.isLost());
  rmSync(files.path('web.crt'));
  t.notOk(authority.isLost(), 'that one it signs again');
  t.strictSame(checkAuthority({ authority, names }).problems, []);
  rmSync(files.path('authority.key'));
  t.ok(authority.isLost());
  const checked = checkAuthority({ authority, names });
  t.match(checked.problems, [{ message: /authority of try has lost/, hint: /browsers must trust again/ }]);
  t.doesNotThrow(() => refuse([checked]), 'a run makes a new one');
});

t.test('a network that is gone, and a part that is cut off from it', (t) => {
  const network = { id: '1', name: names.network, labels: {}, subnet: '172.30.0.0/24', containers: [] };
  const part = (addresses: Record<string, string>) =>
    ({ state: 'running', addresses }) as unknown as ContainerFacts;
  const whole = { database: part({ [names.network]: '172.30.0.2' }) };
  t.strictSame(checkNetwork({ names }, { network: undefined, parts: {} }).problems, [], 'not made yet');
  t.strictSame(checkNetwork({ names }, { network, parts: whole }).problems, []);
  const parts = { ...whole, cache: part({}) };
  t.match(checkNetwork({ names }, { network, parts }).problems, [
    { message: `Cut off from the network ${names.network}: cache`, isMended: true },
  ]);
  t.match(checkNetwork({ names }, { network: undefined, parts: whole }).problems[0], {
    message: `The network ${names.network} is gone`,
  });
  t.end();
});

t.test('Docker without permission', (t) => {
  const error = Object.assign(new Error('connect EACCES'), {
    code: 'EACCES',
    address: '/var/run/docker.sock',
  });
  t.match(dockerError(error, 'list the containers'), {
    code: 'unavailable',
    message: 'You may not use the Docker engine at /var/run/docker.sock',
    hint: /usermod -aG docker/,
  });
  t.end();
});

t.test('all problems are told at once', (t) => {
  const checked = (message: string) => ({
    name: 'x',
    detail: '',
    problems: [{ message, hint: `mend ${message}` }],
  });
  t.doesNotThrow(() => refuse([{ name: 'x', detail: '', problems: [] }]));
  t.throws(() => refuse([checked('one'), checked('two')]), {
    code: 'failed',
    message: 'two\n  mend two\none',
    hint: 'mend one',
  });
  t.end();
});
