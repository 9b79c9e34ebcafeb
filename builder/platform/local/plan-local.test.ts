import t from 'tap';
import type { ContainerFacts } from '../../engine/docker/resources/container-facts.js';
import type { PlatformWish } from '../driver.js';
import type { FoundPlatform } from './found-platform.js';
import type { LocalContext } from './local-context.js';
import { planLocal } from './plan-local.js';
import { PlatformNames, labels } from './platform-names.js';
import type { DeploymentRecord } from './service/deployment-record.js';
import type { ServiceTask } from './service/service-task.js';
import type { WantedPlatform } from './wanted-platform.js';

const names = new PlatformNames('try');
const context = { names, spec: { service: { minimum: 2 } } } as LocalContext;
const definition = (image: string): string => JSON.stringify({ image });

const wanted = {
  parts: [{ part: { name: 'database' }, definition: definition('db1') }],
  service: { definition: definition('web1') },
  volumes: { [names.of('database')]: {} },
  notes: [],
} as unknown as WantedPlatform;

function database(more: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    state: 'running',
    exitCode: 0,
    labels: { [labels.definition]: definition('db1') },
    addresses: { [names.network]: '10.213.0.10' },
    ...more,
  } as ContainerFacts;
}

const task = (of = 'web1', runs = true): ServiceTask => ({ definition: definition(of), runs }) as ServiceTask;
const record = { outcome: 'completed', desired: 2, definition: definition('web1') } as DeploymentRecord;

const whole: FoundPlatform = {
  network: { id: 'n', name: names.network, labels: {}, subnet: '10.213.0.0/24', containers: [] },
  volumes: [names.of('database')],
  parts: { database: database() },
  tasks: [task(), task()],
  records: [record],
  others: [],
};

function changes(found: Partial<FoundPlatform>, wish: PlatformWish = {}): string[] {
  return planLocal(context, { wanted, found: { ...whole, ...found }, wish })
    .changes.filter(({ action }) => action !== 'none')
    .map(({ part, type, action, reasons }) => `${action} ${type} ${part}: ${reasons.join(', ')}`);
}

t.test('of nothing, all is made; of all, nothing', (t) => {
  const nothing = { network: undefined, volumes: [], parts: {}, tasks: [], records: [] };
  t.strictSame(changes(nothing), [
    'create network network: ',
    'create volume database: ',
    'create container database: ',
    'create service wordpress: ',
  ]);
  t.strictSame(changes({}), []);
  t.end();
});

t.test('a part is what it was made of, runs, and is on the network', (t) => {
  const of = (facts: Partial<ContainerFacts>) => changes({ parts: { database: database(facts) } });
  t.strictSame(of({ labels: { [labels.definition]: definition('db0') } }), [
    'replace container database: image db0 → db1',
  ]);
  t.strictSame(of({ state: 'created' }), ['create container database: it never started']);
  t.strictSame(of({ state: 'exited', exitCode: 137 }), [
    'start container database: it is exited (exit code 137)',
  ]);
  t.strictSame(of({ addresses: {} }), ['replace container database: it is not on the network any more']);
  t.strictSame(changes({ parts: { database: database(), old: database() } }), [
    'remove container old: not wanted any more',
  ]);
  t.end();
});

t.test('a service has the release that is wanted, as often as is wanted', (t) => {
  const web0 = { ...record, definition: definition('web0') };
  t.strictSame(changes({ records: [web0], tasks: [task('web0'), task('web0')] }), [
    'update service wordpress: image web0 → web1',
  ]);
  t.strictSame(changes({}, { scale: 3 }), ['update service wordpress: scale 2 → 3']);
  t.strictSame(changes({ tasks: [task(), task('web1', false)] }), [
    'update service wordpress: 1 of 2 do not run',
  ]);
  t.strictSame(changes({ tasks: [task(), task(), task('web0')] }), [
    'update service wordpress: tasks of an unfinished deployment',
  ]);
  const failed: DeploymentRecord = { ...web0, outcome: 'failed' };
  t.strictSame(changes({ records: [failed, record] }), [], 'one that failed does not count');
  t.strictSame(
    changes({ records: [{ ...record, desired: 5 }], tasks: Array.from({ length: 5 }, () => task()) }),
    [],
  );
  t.end();
});
