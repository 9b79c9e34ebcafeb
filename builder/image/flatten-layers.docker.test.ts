import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import t from 'tap';
import { openStore } from '../store/content-store.js';
import type { Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';
import { makeRoot } from './fixtures/make-root.js';
import { flattenLayers } from './flatten-layers.js';

const run = (command: string, argv: readonly string[], options: object = {}) =>
  execFileSync(command, argv, { stdio: ['ignore', 'pipe', 'pipe'], ...options });

/** Each becomes a layer; together they cover all effects of a layer on lower ones. */
const changes = [
  'mkdir -p /a/b/c /d /e /f; touch /a/1 /a/b/2 /a/b/c/3 /d/4 /d/5 /e/6; ln /a/1 /f/hard1; ln /a/1 /f/hard2; ln -s /a /soft; ln /d/4 /d/hard',
  'rm -r /a/b; rm /a/1; chmod 700 /e',
  'rm -r /d; mkdir /d; touch /d/new',
  'rm -r /e; touch /e; rm /soft; mkdir -p /soft/below; touch /soft/below/7',
  'touch /a/b; rm /f/hard1; cp /bin/rm /f/hard1',
  'mkdir -p /g/h; touch /g/h/i; mv /g /j',
  'rm -r /j/h /a; chmod 4711 /f/hard2',
];

/** Paths that Docker creates in every container. */
const dockers = /^\/(dev|proc|sys|\.dockerenv|etc)(\/|$)/;

function tell(entries: readonly Entry[], store: Store): string[] {
  return entries
    .filter(({ path }) => !dockers.test(path) && path !== '/')
    .map(({ path, type, mode, uid, gid, target, content }) => {
      const bytes = content === undefined || content.slice.size === 0 ? '' : store.read(content.slice).length;
      return `${path} ${type} ${mode.toString(8)} ${uid}:${gid} ${target ?? ''} ${bytes} ${content?.digest ?? ''}`;
    })
    .sort();
}

t.test('layers give the root that Docker makes of them', async (t) => {
  const folder = t.testdir({ context: { root: {} } });
  makeRoot(`${folder}/context/root`, ['cp', 'chmod', 'ln', 'mkdir', 'mv', 'rm', 'touch']);
  const steps = changes.map((change) => `RUN ["/bin/dash", "-ec", ${JSON.stringify(change)}]`);
  fs.writeFileSync(`${folder}/context/Dockerfile`, ['FROM scratch', 'COPY root /', ...steps].join('\n'));
  const image = `platen-test/flatten:${process.pid}`;
  run('docker', ['build', '-q', '--force-rm', '-t', image, `${folder}/context`], {
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  });
  const container = run('docker', ['create', image, '/bin/dash']).toString().trim();
  t.teardown(() => {
    run('docker', ['rm', container]);
    run('docker', ['image', 'rm', image]);
  });
  run('docker', ['export', '-o', `${folder}/exported.tar`, container]);
  run('docker', ['save', '-o', `${folder}/saved.tar`, image]);
  fs.mkdirSync(`${folder}/saved`);
  run('tar', ['-xf', `${folder}/saved.tar`, '-C', `${folder}/saved`]);
  const [manifest] = JSON.parse(fs.readFileSync(`${folder}/saved/manifest.json`, 'utf8')) as [
    { Layers: string[] },
  ];
  t.equal(manifest.Layers.length, changes.length + 1);
  const layerOf = (file: string) => ({ open: () => fs.createReadStream(file) });
  using store = openStore(`${folder}/store`);
  const ours = await flattenLayers(
    manifest.Layers.map((name) => layerOf(`${folder}/saved/${name}`)),
    store,
  );
  const dockerSees = await flattenLayers([layerOf(`${folder}/exported.tar`)], store);
  t.strictSame(tell(ours, store), tell(dockerSees, store));
  t.ok(dockerSees.some(({ path }) => path === '/soft/below/7'));
});
