import t, { type Test } from 'tap';
import { platformVariants } from '../../testing/platform-variants.js';
import type { StackParameter } from '../graph/platform.js';
import { subjectsOf } from './check-policy.js';
import { type Properties, type Subject, propertiesOf } from './rule.js';

interface Contract {
  readonly subjects: readonly Subject[];
  /** WordPress's container. */
  readonly container: Properties;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What feeds a parameter of the service, and of any stack. */
  fed(parameter: string): string;
  fedTo(stack: string, parameter: string): StackParameter | undefined;
}

const pairs = (of: readonly Properties[], value: string): Record<string, unknown> =>
  Object.fromEntries(of.map((one) => [String(one('Name')), one(value)]));
const one = (subjects: readonly Subject[], type: string): Properties =>
  propertiesOf(subjects.find((subject) => subject.type === `AWS::${type}`)?.properties);

t.test('values on which stacks and image must agree', async (t) => {
  for (const { name, stacks, environment } of platformVariants()) {
    const subjects = subjectsOf(stacks, environment);
    const service = subjects.filter(({ stack }) => stack.name === 'service');
    const [container] = one(service, 'ECS::TaskDefinition').each('ContainerDefinitions');
    if (container === undefined) throw new Error('there is no container');
    const secrets = pairs(container.each('Secrets'), 'ValueFrom');
    const fedTo = (stack: string, parameter: string): StackParameter | undefined =>
      stacks.find((one) => one.name === stack)?.parameters[parameter];
    const contract: Contract = {
      subjects,
      container,
      environment: pairs(container.each('Environment'), 'Value'),
      secrets: Object.fromEntries(
        Object.entries(secrets).map(([key, value]) => [key, JSON.stringify(value)]),
      ),
      fed: (parameter) => JSON.stringify(fedTo('service', parameter) ?? ''),
      fedTo,
    };
    t.test(name, async (t) => checkContract(t, contract));
  }
});

function checkContract(t: Test, { subjects, container, environment, secrets, fed, fedTo }: Contract): void {
  for (const group of subjects.filter(
    ({ type, stack }) => type.endsWith('::TargetGroup') && stack.name.startsWith('service'),
  ))
    t.equal(group.properties.HealthCheckPath, '/readyz', 'health is asked for at /readyz');
  t.equal(environment.WORDPRESS_READY_DATABASE, 'false', 'and does not ask the database');
  t.equal(Number(environment.PLATEN_DRAIN_SECONDS), 5, 'ECS has waited for deregistration before');
  t.ok(Number(environment.PLATEN_STOP_SECONDS) <= Number(container('StopTimeout')), 'it stops in time');
  t.strictSame(environment.NGINX_TRUSTED_PROXIES, { Ref: 'TrustedProxies' });
  t.match(fed('TrustedProxies'), /"stack":"network","output":"VpcCidr"/, 'proxies have addresses of the VPC');
  t.match(one(subjects, 'EFS::AccessPoint')('PosixUser'), { Uid: '33', Gid: '33' });
  t.match(one(subjects, 'EFS::AccessPoint')('RootDirectory.CreationInfo'), {
    OwnerUid: '33',
    OwnerGid: '33',
  });
  t.match(String(container('User')), /^33(:33)?$/, 'who is the owner of the files');

  const salts = subjects.find(({ id }) => id === 'SaltsSecret');
  t.match(salts?.resource, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }, 'salts are kept');
  t.ok(propertiesOf(salts?.properties)('GenerateSecretString'), 'and generated');
  t.match(secrets.WORDPRESS_SECRET, 'SaltsSecretArn');

  t.match(secrets.WORDPRESS_DB_USER, /DatabaseSecretArn}:username::/, 'user');
  t.match(secrets.WORDPRESS_DB_PASSWORD, /DatabaseSecretArn}:password::/, 'and password, from one secret');
  t.match(fed('DatabaseSecretArn'), /"stack":"database","output":"SecretArn"/);
  t.ok(
    subjects.some(({ type }) => type === 'AWS::SecretsManager::RotationSchedule'),
    'it is rotated',
  );
  const rule = subjects.find(({ type, stack }) => type === 'AWS::Events::Rule' && stack.name === 'redeploy');
  t.match(JSON.stringify(rule?.properties), /RotationSucceeded/, 'and tasks are replaced then');
  t.strictSame(
    fedTo('redeploy', 'SmtpSecretArn'),
    fedTo('service', 'SmtpSecretArn'),
    'as they are when the key of SMTP is another',
  );

  for (const { properties } of subjects.filter(({ type }) => type === 'AWS::ElastiCache::User'))
    t.match(JSON.stringify(properties), /{{resolve:secretsmanager:\$\{Secret}:SecretString:password}}/);
  t.equal(
    'WORDPRESS_CACHE_HOST' in environment,
    subjects.some(({ type }) => type.startsWith('AWS::ElastiCache')),
  );

  t.match(
    fed('SiteUrl'),
    /https:\/\/www\.example\.org|"output":"Address"/,
    'the address comes from the domain, or what answers',
  );
  const buckets = subjects.filter(
    ({ type, stack }) => type === 'AWS::S3::Bucket' && stack.name === 'logs-bucket',
  );
  for (const { properties } of buckets)
    t.match(JSON.stringify(properties), '"SSEAlgorithm":"AES256"', 'load balancers write with no other');
  const policies = JSON.stringify(
    subjects.filter(({ type }) => type === 'AWS::KMS::Key').map(({ properties }) => properties),
  );
  t.notMatch(
    policies,
    /"Principal":\{[^}]*aws-service-role/,
    "no policy names a service's role that may not be there yet",
  );
}
