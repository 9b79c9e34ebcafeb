import t from 'tap';
import { inheritRun, runOf } from './inherit-run.js';
import type { OciConfig } from './oci-documents.js';

const config = (inner: OciConfig['config']) =>
  runOf({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, config: inner });

t.test('what a base image says of its containers', async (t) => {
  t.same(runOf({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } }), {});
  t.same(
    config({
      User: '',
      Env: ['A=b=c', 'EMPTY'],
      Cmd: ['run'],
      ExposedPorts: { '80/tcp': {} },
      WorkingDir: '/srv',
      Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 10_000_000_000, Retries: 0 },
    }),
    {
      environment: { A: 'b=c', EMPTY: '' },
      command: ['run'],
      ports: ['80/tcp'],
      workingDirectory: '/srv',
      healthCheck: { command: ['/bin/sh', '-c', 'true'], intervalSeconds: 10 },
    },
  );
  t.same(config({ Healthcheck: { Test: ['NONE'] } }), {});
  const shell = ['/bin/bash', '-c'];
  t.same(
    config({ Shell: shell, Healthcheck: { Test: ['CMD-SHELL', 'true'], StartInterval: 500_000_000 } }),
    { shell, healthCheck: { command: [...shell, 'true'], startIntervalSeconds: 0.5 } },
    "the base's shell runs its check, as often as it says while it starts",
  );
});

t.test('an image adds to its base, and replaces', async (t) => {
  const base = {
    entrypoint: ['/base'],
    command: ['serve'],
    user: 'www',
    ports: ['80/tcp'],
    environment: { A: '1', B: '1' },
    labels: { a: '1' },
  };
  t.match(inheritRun(base, { environment: { B: '2' }, ports: ['443/tcp'], labels: { b: '2' } }), {
    entrypoint: ['/base'],
    command: ['serve'],
    user: 'www',
    ports: ['80/tcp', '443/tcp'],
    environment: { A: '1', B: '2' },
    labels: { a: '1', b: '2' },
  });
  t.equal(inheritRun(base, { entrypoint: ['/own'] }).command, undefined, 'it was for another entrypoint');
  t.same(inheritRun(base, { entrypoint: ['/own'], command: ['x'] }).command, ['x']);
  t.same(inheritRun({}, { user: 'root' }).user, 'root');
});
