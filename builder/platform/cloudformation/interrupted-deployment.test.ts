import t from 'tap';
import type { CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import { awsError } from '../../aws/aws-error.js';
import { FakeCloudFormation } from '../../testing/fake-cloudformation.js';
import { type Deploying, deleteStack, deployStack } from './deploy-stack.js';
import { inOrder } from './in-order.js';

const pieces = [
  { name: 'network', dependsOn: [] },
  { name: 'database', dependsOn: ['network'] },
  { name: 'files', dependsOn: ['network'] },
  { name: 'service', dependsOn: ['database', 'files'] },
];

/** One run of the program. */
function deploy(aws: FakeCloudFormation, run: number, version = 1): Promise<void> {
  return inOrder(pieces, ({ name }) =>
    deployStack(
      name,
      { name, template: `${name} ${version}`, parameters: {}, tags: {} },
      deployingOf(aws, run),
    ),
  );
}

function remove(aws: FakeCloudFormation, run: number): Promise<void> {
  const reversed = pieces.map(({ name }) => ({
    name,
    dependsOn: pieces.filter(({ dependsOn }) => dependsOn.includes(name as never)).map((one) => one.name),
  }));
  return inOrder(reversed, ({ name }) => deleteStack(name, name, deployingOf(aws, run)));
}

function deployingOf(aws: FakeCloudFormation, run: number): Deploying {
  return {
    api: aws as unknown as CloudFormationApi,
    care: { continueRollback: async () => {}, validationFailures: async () => [] },
    reporter: { report: () => {} },
    signal: new AbortController().signal,
    token: `run-${run}`,
    wait: async () => {},
  };
}

const killed = new Error('killed');

/** 20 moments of what `work` does, as counts of calls; the first one and the last among them. */
async function momentsOf(
  prepare: () => Promise<FakeCloudFormation>,
  work: (aws: FakeCloudFormation) => Promise<unknown>,
) {
  const aws = await prepare();
  const before = aws.calls;
  await work(aws).catch(() => undefined);
  const calls = aws.calls - before;
  if (calls < 20) throw new Error(`${calls} calls are no 20 moments`);
  return Array.from({ length: 20 }, (_, index) => before + 1 + Math.floor((index * (calls - 1)) / 19));
}

/** The program is killed at that call, and whatever it asks after it. */
function killAt(aws: FakeCloudFormation, moment: number): void {
  aws.beforeCall = (count) => {
    if (count >= moment) throw killed;
  };
}

const all = pieces.map(({ name }) => name).sort();

const fresh = (): Promise<FakeCloudFormation> => Promise.resolve(new FakeCloudFormation());

async function deployed(): Promise<FakeCloudFormation> {
  const aws = new FakeCloudFormation();
  await deploy(aws, 1);
  aws.executed.length = 0;
  return aws;
}

const statesOf = (aws: FakeCloudFormation): string[] =>
  [...aws.stacks.values()].map(({ name, status }) => `${name} ${status}`).sort();

t.test('killed at 20 moments and started again: all is there, and nothing was made twice', async (t) => {
  for (const moment of await momentsOf(fresh, (aws) => deploy(aws, 1))) {
    const aws = await fresh();
    killAt(aws, moment);
    await t.rejects(deploy(aws, 1), killed, `killed at call ${moment}`);
    aws.beforeCall = () => {};
    await deploy(aws, 2);
    t.same(
      statesOf(aws),
      all.map((name) => `${name} CREATE_COMPLETE`),
      `killed at call ${moment}: all is there`,
    );
    t.same(aws.executed.toSorted(), all, `killed at call ${moment}: each was made once`);
    await deploy(aws, 3);
    t.same(aws.executed.toSorted(), all, 'and there is nothing left to do');
  }
});

t.test(
  'killed at 20 moments of an update that fails: no later run takes its roll-back for a success',
  async (t) => {
    const failing = async (): Promise<FakeCloudFormation> => {
      const aws = await deployed();
      aws.failing.add('database');
      return aws;
    };
    for (const moment of await momentsOf(failing, (aws) => deploy(aws, 2, 2))) {
      const aws = await failing();
      killAt(aws, moment);
      await t.rejects(deploy(aws, 2, 2), killed, `killed at call ${moment}`);
      aws.beforeCall = () => {};
      await t.rejects(
        deploy(aws, 3, 2),
        { message: /^The stack database failed: A .*no such key/ },
        `call ${moment}`,
      );
      t.notOk(aws.executed.includes('service'), 'nothing that needs it was begun');
      aws.failing.clear();
      await deploy(aws, 4, 2);
      t.same(
        statesOf(aws),
        all.map((name) => `${name} UPDATE_COMPLETE`),
        'once it is mended, it is done',
      );
    }
  },
);

t.test(
  'killed at 20 moments of a first creation that fails: what is left does not stand in the way',
  async (t) => {
    const failing = async (): Promise<FakeCloudFormation> => {
      const aws = new FakeCloudFormation();
      aws.failing.add('database');
      return aws;
    };
    for (const moment of await momentsOf(failing, (aws) => deploy(aws, 1))) {
      const aws = await failing();
      killAt(aws, moment);
      await t.rejects(deploy(aws, 1), killed, `killed at call ${moment}`);
      aws.beforeCall = () => {};
      await t.rejects(
        deploy(aws, 2),
        { message: /^The stack database failed: A .*no such key/ },
        `call ${moment}`,
      );
      aws.failing.clear();
      await deploy(aws, 3);
      t.same(
        statesOf(aws),
        all.map((name) => `${name} CREATE_COMPLETE`),
      );
    }
  },
);

t.test('killed at 20 moments of a removal: the next one ends it', async (t) => {
  for (const moment of await momentsOf(deployed, (aws) => remove(aws, 2))) {
    const aws = await deployed();
    killAt(aws, moment);
    await t.rejects(remove(aws, 2), killed, `killed at call ${moment}`);
    aws.beforeCall = () => {};
    await remove(aws, 3);
    t.same(statesOf(aws), [], `killed at call ${moment}: nothing is left`);
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
  await t.rejects(deploy(aws, 1), { message: /^The stack database failed: somebody deleted it/ });
  t.notOk(aws.executed.includes('service'), 'nothing that needs it was begun');
});
