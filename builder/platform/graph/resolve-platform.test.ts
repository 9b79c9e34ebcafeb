import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { SpecError } from '../../errors.js';
import { environmentOf } from '../../testing/platform-variants.js';
import { loadPlatform } from './load-platform.js';
import type { PlatformStack } from './platform.js';
import { resolvePlatform } from './resolve-platform.js';

const network = `Parameters:
  Zones: { Type: Number }
  Name: { Type: String, Default: none }
Resources: { Vpc: { Type: 'AWS::EC2::VPC' } }
Outputs: { VpcId: { Value: !Ref Vpc } }
`;
const service = `Parameters:
  VpcId: { Type: String }
  Mode: { Type: String, Default: x }
  Cache: { Type: String, Default: '' }
  Url: { Type: String, Default: '' }
  Types: { Type: CommaDelimitedList, Default: '' }
Resources: { A: { Type: 'AWS::X' } }
`;
const platform = `name: shop
inputs: { image: { description: An image, example: an-image } }
switches: { extra: { description: More, default: false } }
stacks:
  service:
    template: stacks/service.yaml
    after: [extra]
    parameters:
      VpcId: \${stacks.network.VpcId}
      Mode:
        - { when: { edge.cdn: false, network.zones: [2, 3] }, value: plain }
        - { when: { domain: '*' }, value: named }
        - { value: cdn }
      Cache: \${stacks.cache.Host}
      Url: https://\${settings.domain.name}/\${stacks.network.VpcId}
      Types: \${settings.compute.instanceTypes}
  network:
    template: stacks/network.yaml
    parameters: { Zones: '\${settings.network.zones}', Name: '\${platform.name}-\${platform.environment}-\${inputs.image}' }
  cache: { template: stacks/cache.yaml, when: { cache.enabled: true } }
  extra: { template: stacks/cache.yaml, scope: account, region: us-east-1, when: { switches.extra: true } }
`;
const cache = "Resources: { C: { Type: 'AWS::X' } }\nOutputs: { Host: { Value: !Ref C } }\n";

function load(t: Test, graph = platform) {
  return loadPlatform(
    t.testdir({
      'infra-cfn': {
        'platform.yaml': graph,
        stacks: { 'network.yaml': network, 'service.yaml': service, 'cache.yaml': cache },
      },
    }),
  );
}

function resolve(t: Test, environment: string): PlatformStack[] {
  return resolvePlatform(load(t), { name: 'dev', environment: environmentOf(environment, 'dev') });
}

t.test('stacks of an environment, in order, with what feeds them', async (t) => {
  const stacks = resolve(
    t,
    'region: eu-west-1\ndomain: { name: x.org }\ncompute: { instanceTypes: [a.b, c.d] }\n',
  );
  t.strictSame(
    stacks.map(({ name, stackName, scope, region, dependsOn }) => ({
      name,
      stackName,
      scope,
      region,
      dependsOn,
    })),
    [
      {
        name: 'network',
        stackName: 'shop-dev-network',
        scope: 'environment',
        region: 'eu-west-1',
        dependsOn: [],
      },
      {
        name: 'cache',
        stackName: 'shop-dev-cache',
        scope: 'environment',
        region: 'eu-west-1',
        dependsOn: [],
      },
      {
        name: 'service',
        stackName: 'shop-dev-service',
        scope: 'environment',
        region: 'eu-west-1',
        dependsOn: ['network', 'cache'],
      },
    ],
  );
  t.strictSame(stacks[0]?.parameters, {
    Zones: { kind: 'known', value: 2 },
    Name: { kind: 'known', value: 'shop-dev-an-image' },
  });
  const vpc = { stack: 'network', output: 'VpcId' };
  t.strictSame(stacks[2]?.parameters, {
    VpcId: { kind: 'outputs', parts: [vpc] },
    Mode: { kind: 'known', value: 'named' },
    Cache: { kind: 'outputs', parts: [{ stack: 'cache', output: 'Host' }] },
    Url: { kind: 'outputs', parts: ['https://', 'x.org', '/', vpc] },
    Types: { kind: 'known', value: ['a.b', 'c.d'] },
  });
});

t.test('what an environment does not have leaves parameters out', async (t) => {
  const stacks = resolve(
    t,
    'cache: { enabled: no }\nswitches: { extra: yes }\nedge: { cdn: no, plainHttp: yes }\n',
  );
  t.strictSame(
    stacks.map(({ stackName }) => stackName),
    ['shop-dev-network', 'shop-extra', 'shop-dev-service'],
  );
  t.equal(stacks[1]?.region, 'us-east-1');
  t.match(Object.keys(stacks[2]?.parameters ?? {}), ['VpcId', 'Mode', 'Types']);
  t.strictSame(stacks[2]?.parameters.Mode, { kind: 'known', value: 'plain' });
});

t.test('an environment gives parameters that no setting has', async (t) => {
  const stacks = resolve(t, 'parameters: { service: { Mode: own } }\n');
  t.strictSame(stacks.at(-1)?.parameters.Mode, { kind: 'known', value: 'own' });
});

function problems(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(
      ({ message, origin, hint }) => `${origin?.file}:${origin?.line}:${origin?.column} ${message} (${hint})`,
    );
  }
  throw new Error('nothing was found wrong');
}

t.test(
  'names that an environment gives and the graph does not know are refused at their place',
  async (t) => {
    const wrong = 'switches: { extr: yes }\nparameters:\n  servic: {}\n  service: { Mod: x }\n';
    t.strictSame(
      problems(() => resolve(t, wrong)),
      [
        'dev.yaml:1:13 There is no switch "extr" (Did you mean "extra"?)',
        'dev.yaml:3:3 There is no stack "servic" (Did you mean "service"?)',
        'dev.yaml:4:14 The stack service has no parameter "Mod" (Did you mean "Mode"?)',
      ],
    );
  },
);

const wrong: readonly (readonly [from: string, to: string, problem: RegExp])[] = [
  [
    'stacks.network.VpcId}\n      Mode',
    'stacks.network.VpcIt}\n      Mode',
    /:9:14 The stack network has no output "VpcIt" \(Did you mean "VpcId"/,
  ],
  ['stacks.cache.Host', 'stacks.cash.Host', /:14:14 There is no stack "cash" \(Did you mean "cache"/],
  [
    'settings.domain.name',
    'settings.domain.nam',
    /:15:12 There is no setting in domain "nam" \(Did you mean "name"/,
  ],
  ['edge.cdn', 'edg.cdn', /:11:21 There is no setting "edg" \(Did you mean "edge"/],
  ['switches.extra', 'switches.extr', /There is no switch "extr"/],
  ['inputs.image', 'inputs.imag', /There is no input "imag"/],
  ['after: [extra]', 'after: [extras]', /:7:13 There is no stack "extras"/],
  [
    '      Types:',
    '      Typse:',
    /:16:7 infra-cfn\/stacks\/service\.yaml has no parameter "Typse" \(Did you mean "Types"/,
  ],
  [
    'template: stacks/network.yaml',
    'template: stacks/nowhere.yaml',
    /The template infra-cfn\/stacks\/nowhere\.yaml is missing/,
  ],
  ['scope: account', 'scop: account', /The key "scop" is not known in stacks\.extra \(Did you mean "scope"/],
];

for (const [from, to, problem] of wrong)
  t.test(`refused: ${to}`, async (t) => {
    const [first = '', ...more] = problems(() => load(t, platform.replace(from, to)));
    t.match(first, problem);
    t.strictSame(more, []);
  });

t.test('a platform that is not there', async (t) => {
  t.throws(() => loadPlatform(t.testdir({})), {
    code: 'usage',
    message: /^infra-cfn\/platform\.yaml is missing/,
  });
});

t.test('a region that a setting says', async (t) => {
  const copy = platform.replace(
    'cache: { template:',
    "cache: { region: '${settings.files.copyRegion}', template:",
  );
  const of = (text: string) =>
    resolvePlatform(load(t, copy), { name: 'dev', environment: environmentOf(text) });
  const [there] = of('region: eu-west-1\nfiles: { copyRegion: eu-central-1 }').filter(
    ({ name }) => name === 'cache',
  );
  t.equal(there?.region, 'eu-central-1');
  const [absent] = of('region: eu-west-1').filter(({ name }) => name === 'cache');
  t.equal(absent?.region, undefined);
});

interface SettingSchema {
  readonly properties?: Readonly<Record<string, SettingSchema>>;
}

/** Paths of all settings: "database.class". */
function settingsOf({ properties }: SettingSchema, path: readonly string[] = []): string[] {
  if (properties === undefined) return [path.join('.')];
  return Object.entries(properties).flatMap(([name, below]) => settingsOf(below, [...path, name]));
}

/** What no stack takes: platen itself does. */
const ofProgram =
  /^(registry|local|account|region|profile|cloudFormationRole|switches|parameters|protection\.termination)\b/;

t.test('every setting of an environment has an effect', async (t) => {
  const schema = JSON.parse(readFileSync('infra-cfn/environment.schema.json', 'utf8')) as SettingSchema;
  const graph = readFileSync('infra-cfn/platform.yaml', 'utf8');
  const settings = settingsOf(schema).filter((path) => !ofProgram.test(path));
  t.ok(settings.length > 50, `${settings.length} settings`);
  const isNamed = (path: string): boolean => new RegExp(`\\b${path.replaceAll('.', '\\.')}\\b`).test(graph);
  t.strictSame(
    settings.filter((path) => !isNamed(path)),
    [],
  );
});
