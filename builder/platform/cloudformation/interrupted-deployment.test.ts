import t from 'tap';
import type { CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import { awsError } from '../../aws/aws-error.js';
import { FakeCloudFormation } from '../../testing/fake-cloudformation.js';
import { type Deploying, deployStack } from './deploy-stack.js';
import { inOrder } from './in-order.js';

const pieces = [
  { name: 'network', dependsOn: [] },
  { name: 'database', dependsOn: ['network'] },
  { name: 'files', dependsOn: ['network'] },
  { name: 'service', dependsOn: ['database', 'files'] },
];

/** One run of the program. */
function deploy(aws: FakeCloudFormation, run: number): Promise<void> {
  const deploying: Deploying = {
    api: aws as unknown as CloudFormationApi,
    care: { continueRollback: async () => {}, validationFailures: async () => [] },
    reporter: { report: () => {} },
    signal: new AbortController().signal,
    token: `run-${run}`,
    wait: async () => {},
  };
  return inOrder(pieces, ({ name }) =>
    deployStack(name, { name, template: `${name} 1`, parameters: {}, tags: {} }, deploying),
  );
}

const all = pieces.map(({ name }) => name).sort();

async function callsOfOneRun(): Promise<number> {
  const aws = new FakeCloudFormation();
  await deploy(aws, 1);
  return aws.calls;
}

t.test('killed at 20 moments and started again: all is there, and nothing was made twice', async (t) => {
  const calls = await callsOfOneRun();
  t.ok(calls >= 20, `${calls} calls`);
  const moments = Array.from({ length: 20 }, (_, index) => 1 + Math.floor((index * (calls - 1)) / 19));
  for (const moment of new Set(moments)) {
    const aws = new FakeCloudFormation();
    const killed = new Error('killed');
    aws.beforeCall = (count) => {
      if (count >= moment) throw killed;
    };
    await t.rejects(deploy(aws, 1), killed, `killed at call ${moment}`);
    aws.beforeCall = () => {};
    await deploy(aws, 2);
    const states = [...aws.stacks.values()].map(({ name, status }) => `${name} ${status}`).sort();
    t.same(
      states,
      all.map((name) => `${name} CREATE_COMPLETE`),
      `killed at call ${moment}: all is there`,
    );
    t.same(aws.executed.toSorted(), all, `killed at call ${moment}: each was made once`);
    await deploy(aws, 3);
    t.same(aws.executed.toSorted(), all, 'and there is nothing left to do');
  }
});

const broken: readonly (readonly [name: string, error: Error, said: RegExp])[] = [
  [
    'credentials that expire',
    Object.assign(new Error('The security token included in the request is expired'), {
      name: 'ExpiredTokenException',
    }),
    /the AWS credentials have expired/,
  ],
  [
    'a reset connection',
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    /can't be reached/,
  ],
  [
    'more requests than AWS takes',
    Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }),
    /so many requests at a time/,
  ],
];

for (const [name, error, said] of broken)
  t.test(`${name} in the middle: told as it is, and the next run ends it`, async (t) => {
    const aws = new FakeCloudFormation();
    aws.beforeCall = (count) => {
      if (count > 12) throw awsError(error, { action: 'x', doing: 'look at the stack' });
    };
    await t.rejects(deploy(aws, 1), { message: said });
    aws.beforeCall = () => {};
    await deploy(aws, 2);
    t.same(aws.executed.toSorted(), all);
  });

t.test('a stack that somebody else deletes while it is watched is no success', async (t) => {
  const aws = new FakeCloudFormation();
  aws.beforeCall = () => {
    if (aws.executed.includes('database')) aws.stacks.delete('database');
  };
  await t.rejects(deploy(aws, 1), { message: /^The stack database failed/ });
  t.notOk(aws.executed.includes('service'), 'nothing that needs it was begun');
});
