import { loadPlatform } from '../platform/graph/load-platform.js';
import type { Platform, PlatformStack, StackParameter } from '../platform/graph/platform.js';
import { resolvePlatform } from '../platform/graph/resolve-platform.js';
import { readTemplate } from '../platform/template/read-template.js';
import { renderTemplate } from '../platform/template/render-template.js';
import { type EnvironmentSpec, loadEnvironment, parseEnvironment } from '../spec/load-environment.js';

/** An environment, as its file or an example has it, and the stacks that it has. */
export interface PlatformVariant {
  readonly name: string;
  readonly environment: EnvironmentSpec;
  readonly stacks: readonly PlatformStack[];
}

const domain =
  'domain: { name: www.example.org, alternative: example.org, hostedZone: Z0123456789ABC, hstsSeconds: 600 }';

/** Choices that no environment of this project takes: each turned the other way, in an environment of its own. */
const examples: Readonly<Record<string, string>> = {
  minimal: 'region: eu-central-1\n',
  domain: `region: eu-central-1\n${domain}\nedge: { waf: block, open: yes }\n`,
  balancer: `region: eu-central-1
domain: { name: www.example.org, hostedZone: Z0123456789ABC, healthCheck: yes }
edge: { cdn: no, open: yes, waf: block }
network: { ipv6: yes, zones: 3, nat: regional }
`,
  operator: `region: us-east-1
domain: { name: www.example.org }
edge: { cdn: no, admit: [203.0.113.0/24], waf: count }
`,
  plain: 'region: eu-central-1\nedge: { cdn: no, plainHttp: yes, waf: off }\n'.replace('off', "'off'"),
  fargate: `region: eu-west-1
compute: { kind: fargate, spot: yes, architecture: ARM64 }
webroot: { mode: uploads }
service: { strategy: blue-green, exec: yes, bakeMinutes: 10 }
cache: { enabled: no }
observability: { dashboard: no, detailed: yes, alarmMail: ops@example.org }
`,
  'blue-green': `region: eu-central-1
compute: { ami: ami-0123456789abcdef0, trunking: yes, instanceTypes: [m6g.large, m7g.large, m6gd.large], architecture: ARM64 }
service: { strategy: blue-green, officeHours: { startHour: 7, stopHour: 19 } }
webroot: { mode: full }
parameters: { database: { Snapshot: platen-blue-green-backup-nightly, Suffix: -m1abc } }
`,
  'rolling-after': 'region: eu-central-1\nservice: { strategy: rolling-after }\n',
  mysql: `region: eu-central-1
database: { engine: mysql, replica: yes, rotationDays: 7, class: db.m6g.large }
mail: { kind: ses, from: site@example.org, domain: example.org }
files: { coldAfterDays: 0, copyRegion: eu-west-1 }
budget: { monthly: 500 }
pipeline: { repository: example/site }
switches: { serviceRoles: yes }
parameters:
  service-roles: { Ecs: true, AutoScaling: true }
  database: { PerformanceInsights: true }
  identity: { Installs: true }
`,
  closed: `region: eu-central-1
network: { nat: none, endpoints: { ecr: yes, logs: yes, secrets: yes, ssm: yes, ecs: yes, rds: yes } }
mail: { kind: relay, from: site@example.org, relay: { host: smtp.example.org, port: 465 } }
switches: { registry: no }
`,
};

/** The environments of this project, and examples. */
export function platformVariants(platform: Platform = loadPlatform('.')): PlatformVariant[] {
  const own = ['dev', 'staging', 'prod'].map((name) => ({ name, environment: loadEnvironment('.', name) }));
  const others = Object.entries(examples).map(([name, text]) => ({
    name,
    environment: environmentOf(text, name),
  }));
  return [...own, ...others].map(({ name, environment }) => ({
    name,
    environment,
    stacks: resolvePlatform(platform, { name, environment }),
  }));
}

const notesImage = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/notes@sha256:${'0'.repeat(64)}`;
const arnOf = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
type Given = Readonly<Record<string, string | number | boolean>>;

/** What no graph has, and somebody deploys by hand: its template, and parameters for each way that a condition goes. */
const byHand: Readonly<Record<string, readonly [file: string, ...given: Given[]]>> = {
  deployer: ['stacks/deployer.yaml', { Repository: 'example/site' }],
  'cloudformation-role': ['stacks/cloudformation-role.yaml', {}],
  'cloudformation-rights': ['stacks/cloudformation-rights.yaml', {}],
  'notes-table': ['examples/notes/stacks/table.yaml', {}, { TopicArn: arnOf('sns', 'alarms') }],
  'notes-app': [
    'examples/notes/stacks/app.yaml',
    { Image: notesImage },
    {
      Image: notesImage,
      CollectorImage: notesImage,
      TestRuleArn: arnOf('elasticloadbalancing', 'listener-rule/app/notes/1/2/3'),
      SpotWeight: 1,
      Size: 'large',
    },
  ],
  'notes-function': [
    'examples/notes/stacks/function.yaml',
    {},
    {
      LogKeyArn: arnOf('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab'),
      LoginIssuer: 'https://login.example.org',
      LoginAuthorize: 'https://login.example.org/authorize',
      LoginToken: 'https://login.example.org/token',
      LoginUserInfo: 'https://login.example.org/user',
      LoginSecretArn: arnOf('secretsmanager', 'secret:login-AbCdEf'),
    },
  ],
};

/** The stacks that are deployed by hand, as one environment has them all; what has no default comes from outputs of other stacks. */
export function byHandVariant(): PlatformVariant {
  const environment = environmentOf('region: eu-central-1\ncompute: { kind: fargate }\n', 'by-hand');
  const stacks = Object.entries(byHand).flatMap(([name, [file, ...ways]]) => {
    const template = readTemplate(`infra-cfn/${file}`);
    return ways.map((given, index): PlatformStack => {
      const fed = Object.entries(template.Parameters)
        .filter(([key, { Default: standard }]) => standard === undefined && given[key] === undefined)
        .map(([key]): [string, StackParameter] => [
          key,
          key === 'EnvironmentName'
            ? { kind: 'known', value: 'by-hand' }
            : { kind: 'outputs', parts: [{ stack: 'other', output: key }] },
        ]);
      const known = Object.entries(given).map(([key, value]): [string, StackParameter] => [
        key,
        { kind: 'known', value },
      ]);
      const own = index === 0 ? name : `${name}-${index + 1}`;
      return {
        name: own,
        stackName: `platen-by-hand-${own}`,
        scope: 'environment',
        region: environment.region,
        file: template.source.file,
        template,
        parameters: Object.fromEntries([...fed, ...known]),
        dependsOn: [],
      };
    });
  });
  return { name: 'by-hand', environment, stacks };
}

/** An environment that no file has. */
export function environmentOf(text: string, name = 'example'): EnvironmentSpec {
  return parseEnvironment(text, `${name}.yaml`);
}

/** One template as an environment has it, under a name that tells both: "prod-database". */
export interface RenderedTemplate {
  readonly name: string;
  readonly stack: PlatformStack;
  readonly text: string;
}

/** The templates of variants with their values filled in, each that differs once. */
export function renderedTemplates(variants: readonly PlatformVariant[]): RenderedTemplate[] {
  const seen = new Set<string>();
  return variants.flatMap(({ name, stacks }) =>
    stacks.flatMap((stack) => {
      const text = JSON.stringify(renderTemplate(stack), undefined, 1);
      // The environment's name is in every template, and nothing to tell them apart.
      const key = stack.file + text.replaceAll(name, 'NAME');
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ name: `${name}-${stack.name}`, stack, text }];
    }),
  );
}
