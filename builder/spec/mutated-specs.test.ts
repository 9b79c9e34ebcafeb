import t from 'tap';
import { SpecError } from '../errors.js';
import { mutateYaml, numbersBelow } from '../testing/mutate-yaml.js';
import { parseYaml } from '../yaml/yaml.js';
import { imageSchema } from './image-schema.js';
import { validate } from './validate.js';

const spec = `name: web
description: A web server
platform: linux/amd64
base: {debian: trixie, packages: [curl], mirror: http://deb.example/debian}
playbook: web.yml
epoch: 1700000000
compression: {level: 9}
variables:
  php: {type: string, default: '8.4', choices: ['8.3', '8.4']}
  limits: &limits {type: mapping, default: {a: {b: 1}}}
  more: *limits
run:
  entrypoint: [/init]
  user: 33
  environment: {A: b}
  ports: [8080, 53/udp]
  labels: {org.opencontainers.image.title: Web}
  healthCheck: {command: [check], intervalSeconds: 5}
layers: [{name: packages, roles: [a, b]}]
smoke:
  - {name: config, command: [nginx, -t]}
  - {name: page, http: {port: 8080, path: /}, withinSeconds: 20}
`;

t.test('four thousand mutated specs are read or refused with a place, never anything else', (t) => {
  const random = numbersBelow(42);
  let accepted = 0;
  let refused = 0;
  for (let round = 0; round < 4000; round++) {
    const text = mutateYaml(spec, random);
    try {
      validate(imageSchema, parseYaml(text, 'image.yaml'));
      accepted += 1;
    } catch (error) {
      const told =
        error instanceof SpecError && error.problems.every(({ origin }) => (origin?.line ?? 0) > 0);
      if (!told) t.fail(`${String(error)} for\n${text}`);
      refused += 1;
    }
  }
  t.ok(accepted > 20 && refused > 1000, `${accepted} accepted, ${refused} refused`);
  t.end();
});
