import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { SpecError } from '../errors.js';
import { imageJsonSchema } from './image-json-schema.js';
import { loadImageSpec } from './load-image-spec.js';

const digest = `sha256:${'a'.repeat(64)}`;

function project(t: Test, spec: string): string {
  return t.testdir({ images: { web: { 'image.yaml': spec } }, playbooks: { 'web.yml': '' } });
}

function problems(t: Test, spec: string): string[] {
  try {
    loadImageSpec(project(t, spec), 'web');
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(
      ({ message, origin, hint }) =>
        `${origin?.file}:${origin?.line}:${origin?.column}: ${message}${hint ? ` (${hint})` : ''}`,
    );
  }
  throw new Error('nothing was found wrong');
}

t.test('a short spec gets its defaults', (t) => {
  const folder = project(t, 'name: web\nbase: {debian: trixie}\nplaybook: web.yml\n');
  t.strictSame(loadImageSpec(folder, 'web'), {
    name: 'web',
    platform: 'linux/amd64',
    base: { kind: 'debian', suite: 'trixie', packages: [] },
    playbook: 'web.yml',
    epoch: 1735689600,
    compression: { level: 6 },
    variables: {},
    run: { environment: {}, ports: [], volumes: [], labels: {} },
    layers: [],
    inventory: { groups: [] },
    steps: { timeoutSeconds: 0 },
    smoke: [],
    file: 'images/web/image.yaml',
    folder: `${folder}/images/web`,
  });
  t.end();
});

t.test('everything that a spec may say', (t) => {
  const folder = project(
    t,
    `name: web
description: A web server
platform: linux/amd64
base: {oci: ../../base}
playbook: web.yml
epoch: 1700000000
compression: {level: 9}
variables:
  php: {type: string, default: '8.4', choices: ['8.3', '8.4'], description: Which PHP}
  themes: {type: list, default: [a]}
  limits: {type: mapping, default: {a: {b: 1}}}
  debug: {type: boolean, required: yes}
run:
  entrypoint: [/init]
  command: [serve]
  user: 33
  workingDirectory: /srv
  environment: {A: b}
  ports: [8080, 53/udp]
  volumes: [/data]
  labels: {org.opencontainers.image.title: Web}
  stopSignal: SIGQUIT
  healthCheck: {command: [check], intervalSeconds: 5}
layers: [{name: packages, roles: [a, b]}]
smoke:
  - {name: config, command: [nginx, -t], environment: {X: y}}
  - {name: page, http: {port: 8080, path: /, contains: hello}, withinSeconds: 20}
`,
  );
  const spec = loadImageSpec(folder, 'web');
  t.strictSame(spec.base, { kind: 'oci', path: `${folder}/base` });
  t.match(spec.run, {
    user: '33',
    ports: ['8080/tcp', '53/udp'],
    healthCheck: { timeoutSeconds: 5, retries: 3 },
  });
  t.strictSame(spec.smoke, [
    {
      name: 'config',
      environment: { X: 'y' },
      withinSeconds: 10,
      kind: 'command',
      command: ['nginx', '-t'],
      exitCode: 0,
    },
    {
      name: 'page',
      environment: {},
      withinSeconds: 20,
      kind: 'http',
      port: 8080,
      path: '/',
      status: 200,
      contains: 'hello',
    },
  ]);
  t.end();
});

t.test('every problem of a file is told at its place', (t) => {
  t.strictSame(
    problems(
      t,
      `name: Web
bse: {debian: trixie}
base:
  debian: trixi
  oci: x
playbook: ../web.yml
epoch: soon
compression: {levl: 3}
run:
  environment: {DEBUG: yes, VERSION: 1.10}
  ports: [http, 8080/sctp]
  volumes: data
  entrypoint: []
  healthCheck:
    retries: 0
smoke:
  - {name: neither}
  - {name: page, http: {path: x}, exitCode: 3}
`,
    ),
    [
      'images/web/image.yaml:1:7: name must be lower-case letters and digits, with single dots, dashes or underscores between them, not "Web"',
      'images/web/image.yaml:2:1: The key "bse" is not known (Did you mean "base"?)',
      'images/web/image.yaml:4:11: base.debian must be trixie, not "trixi"',
      'images/web/image.yaml:6:11: playbook must be the path of a .yml file below playbooks/, like wordpress.yml, not "../web.yml"',
      'images/web/image.yaml:7:8: epoch must be a whole number, not "soon"',
      'images/web/image.yaml:8:15: The key "levl" is not known in compression (Did you mean "level"?)',
      'images/web/image.yaml:10:24: run.environment.DEBUG must be a text, not true; put it in quotes',
      'images/web/image.yaml:10:38: run.environment.VERSION must be a text, not 1.1; put it in quotes',
      'images/web/image.yaml:11:11: run.ports[0] must be a port, like 8080/tcp, not "http"',
      'images/web/image.yaml:11:17: run.ports[1] must be a port, like 8080/tcp, not "8080/sctp"',
      'images/web/image.yaml:12:12: run.volumes must be a list, not "data"',
      'images/web/image.yaml:13:15: run.entrypoint must not be empty',
      'images/web/image.yaml:15:5: run.healthCheck.command is missing',
      'images/web/image.yaml:15:14: run.healthCheck.retries must be at least 1, not 0',
      'images/web/image.yaml:17:5: smoke[0] must have either command or http',
      'images/web/image.yaml:18:24: smoke[1].http.port is missing',
      'images/web/image.yaml:18:31: smoke[1].http.path must begin with a slash, not "x"',
    ],
  );
  t.end();
});

t.test('a key that is misspelt is not missing, too', (t) => {
  t.same(problems(t, 'name: web\nbase: {debian: trixie}\nplaybok: web.yml\n'), [
    'images/web/image.yaml:3:1: The key "playbok" is not known (Did you mean "playbook"?)',
  ]);
  t.same(problems(t, 'name: web\nbase: {debian: trixie}\nzzz: web.yml\n').length, 2);
  t.end();
});

t.test('what depends on two keys', (t) => {
  const base = (text: string): string[] => problems(t, `name: web\nplaybook: web.yml\n${text}\n`);
  t.match(base('base: {}'), [/base must have exactly one of debian, oci and image, and has none/]);
  t.match(base(`base: {debian: trixie, image: "a@${digest}"}`), [/and has debian and image/]);
  t.match(base('base: {oci: x, packages: [a2]}'), [/:3:26: base.packages works only with debian/]);
  t.match(base('base: {image: "PHP:8"}'), [
    /:3:15: base.image must name an image of a registry, like registry.example\/php:8.4: upper-case letters are for/,
  ]);
  t.match(base('base: {debian: trixie}\nlayers: [{name: a, roles: [x]}, {name: b, roles: [x]}]'), [
    /:4:51: layers\[1\].roles\[0\] names the role "x" again/,
  ]);
  const variable = (text: string): string[] => base(`base: {debian: trixie}\nvariables: {v: {${text}}}`);
  t.match(variable('type: integer, default: x'), [
    /variables.v.default must be a whole number, as its type says/,
  ]);
  t.match(variable('type: string, default: a, choices: [b, c]'), [/default must be one of its choices/]);
  t.match(variable('type: string, default: a, required: true'), [/required makes its default useless/]);
  t.match(variable('type: text'), [
    /type must be one of string, integer, number, boolean, list, mapping, not "text"/,
  ]);
  t.match(base('base: {debian: trixie}\nvariables: {a-b: {type: string}}'), [
    /:4:13: variables.a-b must be letters, digits and underscores/,
  ]);
  t.end();
});

t.test('a file that is not a mapping, or no YAML', (t) => {
  t.match(problems(t, ''), [/1:1: The file must be a mapping, not empty/]);
  t.match(problems(t, '[a]'), [/1:1: The file must be a mapping, not a list/]);
  t.match(problems(t, 'a: [b'), [/image.yaml:1:/]);
  t.end();
});

t.test('an image or playbook that is not there', (t) => {
  const folder = project(t, 'name: web\nbase: {debian: trixie}\nplaybook: wbe.yml\n');
  t.throws(() => loadImageSpec(folder, 'wep'), {
    code: 'usage',
    message: /There is no image "wep"/,
    hint: 'Did you mean "web"?',
  });
  t.throws(() => loadImageSpec(folder, '../web'), { code: 'usage' });
  t.throws(() => loadImageSpec(folder, 'web'), {
    message: 'There is no playbook playbooks/wbe.yml',
    origin: { line: 3, column: 11 },
    hint: 'Did you mean "web.yml"?',
  });
  t.end();
});

t.test('the JSON schema is up to date', (t) => {
  t.equal(readFileSync('images/image.schema.json', 'utf8'), imageJsonSchema(), 'else run scripts/schema');
  t.end();
});
