import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import t from 'tap';
import { awsPlatform } from '../../testing/aws-platform.js';
import type { AwsContext } from './aws-context.js';
import { planDestruction } from './destroy/destroy-platform.js';
import { removeObsolete } from './destroy/remove-stacks.js';
import { forgottenStacks } from './former-stacks.js';
import { planPlatform } from './plan/plan-platform.js';
import { refuseLosses } from './plan/refuse-losses.js';
import { viewPlatform } from './platform-view.js';

const aws = await awsPlatform(t);
const client = new CloudFormationClient({ region: 'eu-central-1' });

async function make(
  name: string,
  resources: object,
  tags: Readonly<Record<string, string>> = {},
  sections: object = {},
): Promise<void> {
  await client.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: JSON.stringify({ ...sections, Resources: resources }),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
}

const topic = { Topic: { Type: 'AWS::SNS::Topic' } };
const own = { 'platen:environment': 'moto' };
const obsoleteOf = async (context: AwsContext): Promise<string[]> =>
  (await viewPlatform(context)).obsolete.map(({ name }) => name);

t.test(
  'a stack that the graph has no more is found by its name and its tag, and by nothing less',
  async (t) => {
    const context = aws.context();
    await make('platen-moto-search', topic, own);
    await make('platen-moto-two-network', topic, { 'platen:environment': 'moto-two' });
    await make('platen-moto-handmade', topic);
    await make('elsewhere', topic, own);
    // Of the graph, and not wanted by this environment.
    await make('platen-moto-budget', topic, own);
    t.same(await obsoleteOf(context), ['budget', 'search']);
    const { changes } = await planPlatform(context, {});
    t.match(
      changes.filter(({ action }) => action === 'remove').map(({ part }) => part),
      ['budget', 'search'],
    );
  },
);

t.test('what holds data in it is not deleted unless it is named', async (t) => {
  const context = aws.context();
  await make('platen-moto-archive', { Bucket: { Type: 'AWS::S3::Bucket' } }, own);
  // A template that is not in the form of ours.
  await make('platen-moto-foreign', { Odd: { Type: 'AWS::S3::Bucket' } }, own, { Hooks: {} });
  const plan = await planPlatform(context, {});
  t.throws(() => refuseLosses(plan, []), {
    message: /archive\/Bucket would be deleted: what is in the bucket is lost.*foreign\/Odd would/s,
    hint: /--allow-replace archive\/Bucket/,
  });
});

t.test('it is deleted, what the graph still knows last, and nothing of others', async (t) => {
  const context = aws.context();
  const order: string[] = [];
  await removeObsolete(
    {
      ...context,
      reporter: { report: (event) => void (event.kind === 'part-changed' && order.push(event.part)) },
    },
    await viewPlatform(context),
  );
  t.same(order.toSorted(), ['archive', 'budget', 'foreign', 'search']);
  t.equal(order.at(-1), 'budget');
  t.same(await obsoleteOf(context), []);
  const { cloudformation } = context.services('eu-central-1');
  for (const name of ['platen-moto-two-network', 'platen-moto-handmade', 'elsewhere'])
    t.ok(await cloudformation.stack(name), `${name} stays`);
});

t.test('destroy takes those that the graph forgot, too', async (t) => {
  const context = aws.context();
  await make('platen-moto-search', topic, own);
  const { changes } = await planDestruction(context, { withData: false });
  t.match(changes, [{ part: 'search', action: 'remove' }]);
});

t.test('where stacks may not be listed that is said, and nothing is deleted', async (t) => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
  const { awsError } = await import('../../aws/aws-error.js');
  const context = aws.context(undefined, {
    services: () =>
      ({
        cloudformation: {
          names: () =>
            Promise.reject(awsError(denied, { action: 'cloudformation:ListStacks', doing: 'list' })),
        },
      }) as never,
  });
  const known = [{ stackName: 'platen-moto-a', region: 'eu-central-1', scope: 'environment' }] as never;
  t.match(await forgottenStacks(context, known), {
    stacks: [],
    notes: [/does not allow cloudformation:ListStacks/],
  });
});
