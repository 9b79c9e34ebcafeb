import t from 'tap';
import type { ContainerFacts } from '../../../engine/docker/resources/container-facts.js';
import { labels } from '../platform-names.js';
import { serviceName, serviceTasks } from './service-task.js';

const definition = JSON.stringify({
  containers: [
    { name: 'web', essential: true },
    { name: 'agent', essential: false },
  ],
});

function container(task: string, name: string, state: ContainerFacts['state']): ContainerFacts {
  return {
    state,
    created: '2026-11-29T12:00:00Z',
    addresses: name === 'web' ? { net: '10.213.0.100' } : {},
    labels: {
      [labels.part]: serviceName,
      [labels.task]: task,
      [labels.revision]: '3',
      [labels.container]: name,
      [labels.definition]: definition,
    },
  } as unknown as ContainerFacts;
}

t.test('a task runs while its essential containers do', (t) => {
  const found = serviceTasks(
    [
      container('a', 'web', 'running'),
      container('a', 'agent', 'exited'),
      container('b', 'web', 'exited'),
      container('b', 'agent', 'running'),
      // Its web was removed.
      container('c', 'agent', 'running'),
      { ...container('d', 'web', 'running'), labels: { [labels.part]: 'database' } },
    ],
    'net',
  );
  t.match(found, [
    { id: 'a', revision: 3, runs: true, address: '10.213.0.100' },
    { id: 'b', runs: false },
    { id: 'c', runs: false, address: '' },
  ]);
  t.equal(found.length, 3);
  t.end();
});
