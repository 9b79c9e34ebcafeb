import { CloudFormationClient, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import t, { type Test } from 'tap';
import { type ChangeSetRequest, CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import { callerIdentity } from '../../aws/sts/caller-identity.js';
import type { ChangeSet, Stack } from '../../aws/cloudformation/stack.js';
import { BuilderError } from '../../errors.js';
import type { PlatenEvent } from '../../reporter.js';
import type { EnvironmentSpec } from '../../spec/load-environment.js';
import { MotoServer } from '../../testing/moto-server.js';
import type { PlatformStack, StackParameter } from '../graph/platform.js';
import { parseTemplate } from '../template/read-template.js';
import { CloudFormationDriver } from './cloudformation-driver.js';

const region = 'eu-central-1';

const storage = (versioning: string): string => `
Parameters:
  Name: { Type: String }
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: { BucketName: !Sub '\${Name}-files', VersioningConfiguration: { Status: ${versioning} } }
Outputs:
  BucketName: { Value: !Ref Bucket }
`;

const settings = `
Parameters:
  BucketName: { Type: String }
Resources:
  Place:
    Type: AWS::SSM::Parameter
    Properties: { Type: String, Name: /platen/place, Value: !Ref BucketName }
  Copy:
    Type: AWS::SSM::Parameter
    Properties: { Type: String, Name: /platen/copy, Value: !Sub '\${BucketName}-copy' }
Outputs:
  Address: { Value: !Sub 'https://\${BucketName}.example' }
`;

const bucketName: StackParameter = { kind: 'outputs', parts: [{ stack: 'storage', output: 'BucketName' }] };

function stack(name: string, template: string, more: Partial<PlatformStack>): PlatformStack {
  return {
    name,
    stackName: `platen-dev-${name}`,
    scope: 'environment',
    region,
    file: `${name}.yaml`,
    template: parseTemplate(template, `${name}.yaml`),
    parameters: {},
    dependsOn: [],
    ...more,
  };
}

function graph(versioning = 'Suspended'): PlatformStack[] {
  const parameters: Record<string, StackParameter> = { Name: { kind: 'known', value: 'platen-dev' } };
  return [
    stack('storage', storage(versioning), { parameters }),
    stack('edge', settings, { parameters: { BucketName: bucketName }, dependsOn: ['storage'] }),
  ];
}

/**
 * moto, brought closer to AWS: it reckons a stack's outputs only in UpdateStack, so one of the description follows each change set;
 * and it refuses to compare where nothing differs, which AWS answers by a change set that failed.
 */
class MotoCloudFormation extends CloudFormationApi {
  #last: ChangeSetRequest | undefined;
  readonly #status = new Map<string, string>();

  override createChangeSet(request: ChangeSetRequest): Promise<string> {
    this.#last = request;
    return super.createChangeSet(request).catch((error: unknown) => {
      if (error instanceof BuilderError && error.message.includes('No updates are to be performed'))
        return 'same';
      throw error;
    });
  }

  override async changeSet(stack: string, id: string): Promise<ChangeSet | undefined> {
    if (id !== 'same') return super.changeSet(stack, id);
    const statusReason = "The submitted information didn't contain changes.";
    return { id, stackId: stack, status: 'FAILED', statusReason, changes: [] };
  }

  override async deleteChangeSet(stack: string, id: string): Promise<void> {
    if (id !== 'same') await super.deleteChangeSet(stack, id);
  }

  override async execute(stack: string, id: string, token: string): Promise<void> {
    await super.execute(stack, id, token);
    const { template = '', parameters = {}, type } = this.#last ?? {};
    const client = new CloudFormationClient({ region });
    await client.send(
      new UpdateStackCommand({
        StackName: stack,
        TemplateBody: `${template}\nDescription: ${token}\n`,
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      }),
    );
    this.#status.set(stack, `${type}_COMPLETE`);
  }

  override async deleteStack(name: string): Promise<void> {
    this.#status.delete(name);
    await super.deleteStack(name);
  }

  override async stack(name: string): Promise<Stack | undefined> {
    const found = await super.stack(name);
    return found && { ...found, status: this.#status.get(found.name) ?? found.status };
  }
}

async function driverAt(t: Test, account?: string) {
  const moto = await MotoServer.start(t);
  const before = { ...process.env };
  Object.assign(process.env, moto.environment);
  t.teardown(() => {
    process.env = before;
  });
  const told: PlatenEvent[] = [];
  const api = new MotoCloudFormation(region);
  const of = (stacks: readonly PlatformStack[], run: string) =>
    new CloudFormationDriver({
      name: 'dev',
      spec: {
        file: 'dev.yaml',
        account,
      } as EnvironmentSpec,
      token: `run-${run}`,
      stacks: () => stacks,
      api: () => api,
      account: async () => (await callerIdentity(region)).account,
      reporter: { report: (event: PlatenEvent) => void told.push(event) },
      signal: new AbortController().signal,
      wait: () => Promise.resolve(),
    });
  return { api, of, told };
}

t.test('a platform comes up, stays, changes and goes', async (t) => {
  const { api, of, told } = await driverAt(t);
  const driver = of(graph(), '1');

  const first = await driver.plan({});
  t.same(
    first.changes.map(({ part, action }) => `${action} ${part}`),
    ['create storage/Bucket', 'create edge/Place', 'create edge/Copy'],
    'what is not there is planned from its template',
  );
  t.equal(await api.stack('platen-dev-storage'), undefined, 'and nothing is left of the plan');

  const made = await driver.apply({});
  t.equal(made.address, 'https://platen-dev-files.example', 'outputs went from stack to stack');
  t.equal((await api.stack('platen-dev-edge'))?.status, 'CREATE_COMPLETE');
  t.ok(told.some((event) => event.kind === 'part-changed' && event.part === 'edge'));

  const again = await driver.apply({ approve: () => Promise.reject(new Error('nothing is to be approved')) });
  t.same(
    again.changes.map(({ part, action }) => `${action} ${part}`),
    ['none storage', 'none edge'],
  );

  const changed = of(graph('Enabled'), '2');
  const plan = await changed.plan({});
  t.match(plan.changes, [
    { part: 'storage/Bucket', action: 'update' },
    { part: 'edge', action: 'none' },
  ]);
  const refused = await changed.apply({ approve: () => Promise.resolve(false) });
  t.equal(refused.address, undefined);
  await changed.apply({});
  t.equal((await api.stack('platen-dev-storage'))?.status, 'UPDATE_COMPLETE');
  t.match(await changed.status(), { parts: [{ name: 'storage', state: 'healthy' }, { name: 'edge' }] });

  t.same(
    (await changed.planDestroy({ withData: false })).changes.map(({ part }) => part),
    ['storage', 'edge'],
  );
  await changed.destroy({ withData: false });
  t.equal(await api.stack('platen-dev-storage'), undefined);
  t.match((await changed.status()).parts, [{ state: 'missing' }, { state: 'missing' }]);
});

t.test('credentials of another account are refused before anything is done', async (t) => {
  const { api, of } = await driverAt(t, '999999999999');
  await t.rejects(of(graph(), '1').apply({}), {
    message: 'These credentials are of the AWS account 123456789012; the environment dev is in 999999999999',
  });
  t.equal(await api.stack('platen-dev-storage'), undefined);
});
