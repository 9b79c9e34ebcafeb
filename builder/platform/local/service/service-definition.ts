import { join } from 'node:path';
import { BuilderError } from '../../../errors.js';
import type { LocalSettings } from '../../../spec/environment/local-schema.js';
import type { EnvironmentSpec } from '../../../spec/load-environment.js';
import { readTemplate } from '../../template/read-template.js';
import { type ResolvedTemplate, resolveTemplate } from '../../template/resolve-template.js';
import { type ParsedTask, parseTaskDefinition } from '../task/parse-task-definition.js';
import { secretsFolder } from '../task/translated-task.js';
import { type AccessPoint, accessPoint } from './access-point.js';
import { serviceFieldNotes } from './service-field-notes.js';
import { type ServiceSettings, serviceSettings } from './service-settings.js';

/** WordPress as the stacks have it: the service with its task, and the one-off task that makes its database and user. */
export interface ServiceDefinition {
  readonly web: ParsedTask;
  readonly databaseUser: ParsedTask;
  readonly settings: ServiceSettings;
  /** Whose the shared web root is. */
  readonly accessPoint: AccessPoint;
  /** What means something else here, beside the tasks' fields. */
  readonly notes: readonly string[];
}

export interface DefinitionInputs {
  readonly projectFolder: string;
  readonly spec: EnvironmentSpec & { readonly local: LocalSettings };
  readonly environment: string;
  /** The image's id: what runs. */
  readonly image: string;
  /** Of the network: where proxies come from. */
  readonly subnet: string;
}

const stacks = 'infra-cfn/stacks';

/** Resolves `service.yaml`, `tasks.yaml` and `files.yaml` with the values of this machine. @throws SpecError, BuilderError */
export function serviceDefinition(inputs: DefinitionInputs): ServiceDefinition {
  const shared = sharedParameters(inputs);
  const service = resolveStack('service', { ...shared, ...serviceParameters(inputs) }, inputs);
  const tasks = resolveStack('tasks', { ...shared, MasterSecretArn: 'database-admin' }, inputs);
  const files = resolveStack('files', filesParameters(inputs), inputs);
  const properties = propertiesOf(service.resolved, 'AWS::ECS::Service');
  const targets = propertiesOf(service.resolved, 'AWS::ElasticLoadBalancingV2::TargetGroup');
  const of = (data: object) => ({ ...service.template.source, data });
  return {
    web: taskOf(service, 'AWS::ECS::TaskDefinition'),
    databaseUser: taskOf(tasks, 'AWS::ECS::TaskDefinition'),
    settings: serviceSettings(of(properties), of(targets), inputs.spec.local),
    accessPoint: accessPoint(files.resolved),
    notes: serviceFieldNotes(properties),
  };
}

/** The zones and keys of AWS have no meaning here. */
function filesParameters({ environment }: DefinitionInputs) {
  const none = 'local';
  return {
    EnvironmentName: environment,
    Subnets: [none, none],
    SecurityGroup: none,
    DataKeyArn: `${none}${'-'.repeat(20)}`,
  };
}

/** The local image is named by its id; the templates want what an image in a registry is called. */
function sharedParameters({ spec, environment, image }: DefinitionInputs) {
  return {
    EnvironmentName: environment,
    Image: `local@${image}`,
    Architecture: spec.compute.architecture,
    LogGroup: `/platen/${environment}`,
    DatabaseHost: 'database',
    DatabaseName: spec.database.name,
    DatabaseTls: 'verify',
    DatabaseCaFile: `${secretsFolder}/authority.crt`,
    DatabaseSecretArn: 'database-application',
  };
}

/** What has no meaning here gets a name that says so. */
function serviceParameters({ spec, subnet }: DefinitionInputs) {
  const { service, webroot, local } = spec;
  const none = 'local';
  return {
    ExecutionRoleArn: none,
    TaskRoleArn: none,
    Cluster: none,
    CapacityProvider: none,
    ListenerArn: none,
    VpcId: none,
    Subnets: [none],
    SecurityGroup: none,
    SaltsSecretArn: 'salts',
    Cpu: service.cpu,
    Memory: service.memory,
    WebrootMode: webroot.mode,
    FileMods: webroot.mode === 'uploads' ? 'false' : 'true',
    TrustedProxies: subnet,
    FileSystemId: 'webroot',
    AccessPointId: 'webroot',
    CacheHost: spec.cache.enabled ? 'cache' : '',
    CacheTls: 'true',
    CacheCaFile: spec.cache.enabled ? `${secretsFolder}/authority.crt` : '',
    CacheSecretArn: spec.cache.enabled ? 'cache' : '',
    SmtpHost: 'mail',
    SmtpPort: 1025,
    SmtpSecurity: 'none',
    MailFrom: spec.mail.from ?? 'wordpress@site.example',
    MaximumPercent: service.maximumPercent,
    DrainSeconds: local.drainSeconds,
    DeregistrationSeconds: local.deregistrationSeconds,
  };
}

interface Stack {
  readonly resolved: ResolvedTemplate;
  readonly template: ReturnType<typeof readTemplate>;
}

function resolveStack(
  name: string,
  values: Parameters<typeof resolveTemplate>[1] extends infer I
    ? NonNullable<I extends { parameters?: infer P } ? P : never>
    : never,
  { projectFolder, spec }: DefinitionInputs,
): Stack {
  const file = `${stacks}/${name}.yaml`;
  const template = readTemplate(join(projectFolder, file), file);
  const known = Object.entries({ ...values, ...spec.parameters[name] }).filter(
    ([parameter, value]) =>
      value !== undefined && (parameter in template.Parameters || parameter in (spec.parameters[name] ?? {})),
  );
  const pseudo = { 'AWS::Region': 'local', 'AWS::StackName': name };
  return { template, resolved: resolveTemplate(template, { parameters: Object.fromEntries(known), pseudo }) };
}

function taskOf({ resolved, template }: Stack, type: string): ParsedTask {
  const { file } = template.source;
  const [found] = Object.values(resolved.resources).filter(({ Type }) => Type === type);
  if (found === undefined) throw new BuilderError(`${file} has no ${type}`, { code: 'invalid' });
  return parseTaskDefinition({ ...template.source, data: found.Properties });
}

function propertiesOf({ resources }: ResolvedTemplate, type: string): Record<string, unknown> {
  return Object.values(resources).find(({ Type }) => Type === type)?.Properties ?? {};
}
