import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { type BuilderError, SpecError } from '../errors.js';
import { environmentJsonSchema } from './environment-json-schema.js';
import { loadEnvironment } from './load-environment.js';

const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

function load(t: Test, text: string) {
  const folder = t.testdir({ 'infra-cfn': { environments: { 'prod.yaml': text } } });
  return loadEnvironment(folder, 'prod');
}

function problems(t: Test, text: string): string[] {
  try {
    load(t, text);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(
      ({ message, origin, hint }) =>
        `${origin?.file}:${origin?.line}:${origin?.column}: ${message}${hint ? ` (${hint})` : ''}`,
    );
  }
  throw new Error('nothing was found wrong');
}

t.test('an environment may say nothing, and is then as prod should be', (t) => {
  const file = 'infra-cfn/environments/prod.yaml';
  for (const text of ['', '# later\n', '{}\n']) {
    const environment = load(t, text);
    t.equal(environment.registry, undefined, JSON.stringify(text));
    t.match(environment, {
      file,
      network: { nat: 'zone' },
      edge: { cdn: true, open: false, waf: 'count', plainHttp: false },
      database: { engine: 'mariadb', multiAz: true, applyImmediately: false, backupDays: 14 },
      protection: { deletion: true },
      webroot: { mode: 'content' },
      switches: {},
      parameters: {},
    });
  }
  t.end();
});

t.test('the JSON schema of environments is current', (t) => {
  const held = readFileSync('infra-cfn/environment.schema.json', 'utf8');
  t.equal(held, environmentJsonSchema(), 'else run npm run schema');
  t.end();
});

t.test('the environments of this project are read', (t) => {
  for (const name of ['local', 'dev', 'staging', 'prod']) t.ok(loadEnvironment('.', name).file, name);
  t.end();
});

t.test('a registry gets its defaults', (t) => {
  t.strictSame(load(t, 'registry: { host: localhost:5000/team/ }\n').registry, {
    host: 'localhost:5000/team',
    createRepository: false,
    scanThreshold: undefined,
  });
  const { registry } = load(t, `registry: { host: ${ecr}, repository: {} }\n`);
  t.strictSame(
    registry?.repository,
    {
      immutableTags: { except: ['latest'] },
      scanOnPush: true,
      encryption: { kind: 'AES256' },
      keepUntagged: 100,
      tags: { 'managed-by': 'platen' },
    },
    'as --create-repository has them',
  );
  t.end();
});

t.test('everything that a registry may say', (t) => {
  const { registry } = load(
    t,
    `registry:
  host: ${ecr}/team
  createRepository: true
  repository:
    immutableTags: true
    movableTags: [latest, 'dev-*']
    scanOnPush: false
    encryption: KMS
    kmsKey: alias/images
    untaggedImagesKept: all
    tags: { team: web, managed-by: hand }
  scanThreshold: high
`,
  );
  t.strictSame(registry, {
    host: `${ecr}/team`,
    createRepository: true,
    scanThreshold: 'high',
    repository: {
      immutableTags: { except: ['latest', 'dev-*'] },
      scanOnPush: false,
      encryption: { kind: 'KMS', key: 'alias/images' },
      tags: { 'managed-by': 'hand', team: 'web' },
    },
  });
  const open = load(t, `registry: { host: ${ecr}, repository: { immutableTags: no } }`);
  t.equal(open.registry?.repository?.immutableTags, false);
  t.end();
});

const tooMuch = 'must be at most service.maximum';
const registry = `registry:\n  host: ${ecr}\n`;
const repository = `${registry}  repository:\n    `;
const wrong: readonly (readonly [text: string, problem: RegExp])[] = [
  ['registrie: {}', /^1:1: The key "registrie" is not known \(Did you mean "registry"\?\)$/],
  ['[]', /^1:1: The file must be a mapping, not a list$/],
  ['registry:', /^1:\d+: registry must be a mapping, not empty$/],
  ['registry: {}', /^1:11: registry\.host is missing$/],
  [
    'registry: { host: team }',
    /^1:19: registry\.host must be HOST\[:PORT\]\[\/PREFIX\], like ghcr\.io\/team/,
  ],
  ['registry: { host: https://x.org }', /^1:19: registry\.host must be HOST/],
  ['registry: { host: x.org/Team }', /^1:19: registry\.host must be HOST/],
  [`${registry}  hots: x`, /^3:3: The key "hots" is not known in registry \(Did you mean "host"\?\)$/],
  [
    `${registry}  createRepository: "yes"`,
    /^3:21: registry\.createRepository must be true or false, not "yes"$/,
  ],
  [`${registry}  scanThreshold: bad`, /^3:18: .*must be one of undefined, .*critical, not "bad"$/],
  [`${repository}scanOnPsh: no`, /^4:5: The key "scanOnPsh" is not known in registry\.repository \(Did you/],
  [`${repository}immutableTags: [latest]`, /^4:20: .*immutableTags must be true or false, not a list$/],
  [`${repository}movableTags: ['a b']`, /^4:19: .*movableTags\[0\] must be a tag, .*, not "a b"$/],
  [`${repository}movableTags: ['*a*b*']`, /^4:19: .*movableTags\[0\] must be a tag/],
  [`${repository}movableTags: [a, b, c, d, e, f]`, /^4:18: .*movableTags must be at most five$/],
  [`${repository}movableTags: [a]\n    immutableTags: no`, /^4:18: .*works only with immutableTags: true$/],
  [`${repository}encryption: aes`, /^4:17: .*encryption must be one of AES256, KMS, not "aes"$/],
  [`${repository}kmsKey: alias/x`, /^4:13: .*kmsKey works only with encryption: KMS$/],
  [`${repository}untaggedImagesKept: 0`, /^4:25: .*untaggedImagesKept must be at least 1, not 0$/],
  [`${repository}untaggedImagesKept: none`, /^4:25: .*must be a whole number from 1, or all, not "none"$/],
  [`${repository}tags: { cost: 12 }`, /^4:19: .*tags\.cost must be a text, not 12; put it in quotes$/],
  [`${repository}tags: { "aws:x": y }`, /^4:13: .*must have 1 to 128 characters, and not begin with aws:/],
  ['registry: { host: x.org, scanThreshold: low }', /^1:41: .*works only with a registry of ECR$/],
  ['registry: { host: x.org, createRepository: yes }', /^1:44: .*works only with a registry of ECR$/],
  ['registry: { host: x.org, repository: {} }', /^1:38: .*works only with a registry of ECR$/],
  [
    'registry: { host: public.ecr.aws/a, scanThreshold: low }',
    /^1:52: .*only with a private registry of ECR$/,
  ],
  [
    'registry: { host: public.ecr.aws/a, repository: { scanOnPush: yes } }',
    /^1:63: registry\.repository\.scanOnPush works only with a private registry of ECR$/,
  ],
  ['account: 123456789012', /^1:10: account must be a text, not 123456789012; put it in quotes$/],
  ['region: Frankfurt', /^1:9: region must be a region, like eu-central-1, not "Frankfurt"$/],
  ['network: { zones: 4 }', /^1:19: network\.zones .*not 4$/],
  ['network:\n  natt: one', /^2:3: The key "natt" is not known in network \(Did you mean "nat"\?\)$/],
  ['network: { nat: none }', /^1:17: network\.nat can be none only if the endpoints ecr,/],
  ['service: { minimum: 9 }', new RegExp(`^1:21: service\\.minimum ${tooMuch}$`)],
  ['edge: { cdn: no }', /^1:14: edge\.cdn can be turned off only with a domain/],
  ['edge: { plainHttp: yes }', /^1:20: edge\.plainHttp works only without a domain and with cdn: false$/],
  ['edge: { admit: [203.0.113.7] }', /^1:17: edge\.admit\[0\] must be a block of addresses/],
  ['edge: { open: yes, admit: [203.0.113.7/32] }', /^1:27: edge\.admit works only with open: false$/],
  ['edge: { waf: on }', /^1:14: edge\.waf must be one of off, count, block, not true$/],
  ['domain: { name: Example }', /^1:17: domain\.name must be a host name/],
  ['mail: { kind: ses }', /^1:7: mail\.from is missing$/],
  ['mail: { kind: relay, from: a@b.org }', /^1:7: mail\.relay is missing$/],
  ['region: eu-west-1\nfiles: { copyRegion: eu-west-1 }', /^2:22: files\.copyRegion must be another region$/],
  ['database: { storage: 500 }', /^1:11: database\.maximumStorage must be at least database\.storage$/],
  ['observability: { retentionDays: 10 }', /^1:33: observability\.retentionDays .*not 10$/],
  ['budget: { monthly: 0 }', /^1:20: budget\.monthly must be at least 1, not 0$/],
];

for (const [text, problem] of wrong)
  t.test(`${JSON.stringify(text)} is refused at its place`, (t) => {
    const [first = '', ...more] = problems(t, text);
    t.match(first, /^infra-cfn\/environments\/prod\.yaml:/);
    t.match(first.replace('infra-cfn/environments/prod.yaml:', ''), problem);
    t.strictSame(more, []);
    t.end();
  });

t.test('all problems of a file are told at once', (t) => {
  t.equal(problems(t, 'servise: {}\nregistry: { host: x, port: 1, createRepository: 3 }\n').length, 4);
  t.end();
});

t.test('an environment that is not there', (t) => {
  const missing = (environments: Record<string, string>, name: string): BuilderError => {
    try {
      loadEnvironment(t.testdir({ 'infra-cfn': { environments } }), name);
    } catch (error) {
      return error as BuilderError;
    }
    throw new Error('it was found');
  };
  const some = { 'prod.yaml': '', 'staging.yaml': '', 'notes.md': '' };
  t.match(missing(some, 'prd'), {
    code: 'usage',
    message: 'There is no environment "prd": infra-cfn/environments/prd.yaml is missing',
    hint: 'Did you mean "prod"? There are: prod, staging.',
  });
  t.match(missing(some, 'elsewhere'), { code: 'usage', hint: 'There are: prod, staging.' });
  t.match(missing(some, '../environments/prod'), { code: 'usage' });
  t.match(missing({}, 'prod'), { code: 'usage', hint: /^There are none yet/ });
  t.throws(() => loadEnvironment(t.testdir({}), 'prod'), { code: 'usage' }, 'no folder either');
  t.end();
});
