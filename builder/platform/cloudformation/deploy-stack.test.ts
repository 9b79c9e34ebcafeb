import t from 'tap';
import type { CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import type { ChangeSet, Stack, StackEvent } from '../../aws/cloudformation/stack.js';
import type { PlatenEvent } from '../../reporter.js';
import { deleteStack, deployStack } from './deploy-stack.js';

const request = { name: 'platen-dev-network', template: '{}', parameters: {}, tags: {} };
const bucket = { action: 'Add', logicalId: 'Bucket', type: 'AWS::S3::Bucket', properties: [] } as const;

/** One look at the stack after the other: what DescribeStacks answers, and the events that have come by then. */
interface Look {
  readonly status?: string;
  readonly events?: readonly string[];
}

/** Plays a recorded operation in the shapes of the API reference: events are "Bucket CREATE_FAILED because". */
function replay(looks: readonly Look[], changeSet: Partial<ChangeSet> = {}) {
  const calls: string[] = [];
  let at = 0;
  const all: StackEvent[] = [];
  const told: PlatenEvent[] = [];
  const stackAt = (status: string): Stack => ({
    name: request.name,
    id: 'arn:stack',
    status,
    outputs: { Id: 'net-1' },
    isProtected: false,
    parameters: {},
  });
  const api: Partial<CloudFormationApi> = {
    stack: () => {
      const { status, events = [] } = looks[Math.min(at++, looks.length - 1)] ?? {};
      for (const text of events) all.push(event(text, all.length));
      return Promise.resolve(status === undefined ? undefined : stackAt(status));
    },
    events: (_, after) => Promise.resolve(all.slice(all.findIndex(({ id }) => id === after) + 1)),
    latestEvent: () => Promise.resolve(all.at(-1)?.id),
    createChangeSet: ({ type }) => {
      calls.push(`compare ${type}`);
      return Promise.resolve('set');
    },
    changeSet: () =>
      Promise.resolve({
        id: 'set',
        stackId: 'arn:stack',
        status: 'CREATE_COMPLETE',
        changes: [bucket],
        ...changeSet,
      }),
    execute: () => Promise.resolve(void calls.push('execute')),
    deleteChangeSet: () => Promise.resolve(void calls.push('forget')),
    deleteStack: () => Promise.resolve(void calls.push('delete')),
  };
  const deploying = {
    api: api as CloudFormationApi,
    care: {
      continueRollback: () => Promise.resolve(void calls.push('continue')),
      validationFailures: () => Promise.resolve([]),
    },
    reporter: { report: (one: PlatenEvent) => void told.push(one) },
    signal: new AbortController().signal,
    token: 'run-1',
    wait: () => Promise.resolve(),
  };
  return { deploying, calls, told };
}

function event(text: string, index: number): StackEvent {
  const [, logicalId = '', status = '', reason] = /^(\S+) (\S+)(?: (.*))?$/.exec(text) ?? [];
  const isStack = logicalId === request.name;
  return {
    id: `event-${index}`,
    stack: request.name,
    logicalId,
    status,
    reason,
    type: isStack ? 'AWS::CloudFormation::Stack' : 'AWS::S3::Bucket',
    physicalId: isStack ? 'arn:stack' : undefined,
    time: new Date(index * 1e3),
  };
}

t.test('a stack that is not there is created, and each resource told once', async (t) => {
  const { deploying, calls, told } = replay([
    {},
    { status: 'CREATE_IN_PROGRESS', events: ['Bucket CREATE_IN_PROGRESS', 'Bucket CREATE_IN_PROGRESS made'] },
    { status: 'CREATE_COMPLETE', events: ['Bucket CREATE_COMPLETE'] },
  ]);
  const { change, stack } = await deployStack('network', request, deploying);
  t.equal(change, 'created');
  t.same(stack.outputs, { Id: 'net-1' });
  t.same(calls, ['compare CREATE', 'execute']);
  t.same(told, [
    { kind: 'part-started', part: 'network', action: 'compare' },
    { kind: 'part-started', part: 'network/Bucket', action: 'create', type: 'AWS::S3::Bucket' },
    { kind: 'part-changed', part: 'network/Bucket', change: 'created', ms: 2000 },
    { kind: 'stack-progress', stack: 'network', done: 1, total: 1, state: 'in-progress' },
  ]);
});

t.test('where nothing differs nothing is executed and no comparison is left', async (t) => {
  const { deploying, calls } = replay([{ status: 'UPDATE_COMPLETE' }], {
    status: 'FAILED',
    changes: [],
    statusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  t.equal((await deployStack('network', request, deploying)).change, 'unchanged');
  t.same(calls, ['compare UPDATE', 'forget']);
});

t.test('the first thing that failed is named, not what was cancelled because of it', async (t) => {
  const { deploying } = replay([
    {},
    {
      status: 'DELETE_COMPLETE',
      events: [
        'Bucket CREATE_FAILED platen-logs already exists',
        'Table CREATE_FAILED Resource creation cancelled',
        `${request.name} ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Bucket].`,
      ],
    },
  ]);
  await t.rejects(deployStack('network', request, deploying), {
    message:
      'The stack platen-dev-network failed: Bucket (AWS::S3::Bucket): the name is taken: platen-logs already exists',
    hint: /What was made of it is removed again/,
  });
});

t.test('an update that AWS rolled back is a failure, though the stack is well', async (t) => {
  const { deploying } = replay([
    { status: 'CREATE_COMPLETE', events: ['Bucket CREATE_FAILED a failure of another day'] },
    { status: 'UPDATE_IN_PROGRESS', events: ['Bucket UPDATE_IN_PROGRESS'] },
    { status: 'UPDATE_ROLLBACK_COMPLETE', events: ['Bucket UPDATE_FAILED no such key'] },
  ]);
  await t.rejects(deployStack('network', request, deploying), {
    message: /failed: Bucket \(AWS::S3::Bucket\): no such key/,
    hint: /^It is as it was before/,
  });
});

t.test('a stack that somebody else changes is waited for', async (t) => {
  const { deploying, calls, told } = replay([
    { status: 'UPDATE_IN_PROGRESS' },
    { status: 'UPDATE_IN_PROGRESS' },
    { status: 'UPDATE_COMPLETE' },
    { status: 'UPDATE_COMPLETE' },
  ]);
  t.equal((await deployStack('network', request, deploying)).change, 'updated');
  t.same(calls, ['compare UPDATE', 'execute']);
  t.match(told[0], {
    kind: 'warning',
    text: /platen-dev-network is being changed \(UPDATE_IN_PROGRESS\): waiting/,
  });
});

for (const status of ['ROLLBACK_COMPLETE', 'REVIEW_IN_PROGRESS'])
  t.test(`what a first creation left in ${status} is removed, then created`, async (t) => {
    const { deploying, calls } = replay([{ status }, {}, { status: 'CREATE_COMPLETE' }]);
    t.equal((await deployStack('network', request, deploying)).change, 'created');
    t.same(calls, ['delete', 'compare CREATE', 'execute']);
  });

t.test('a roll-back that failed is gone on with, and then the stack is changed', async (t) => {
  const { deploying, calls } = replay([
    { status: 'UPDATE_ROLLBACK_FAILED' },
    { status: 'UPDATE_ROLLBACK_COMPLETE' },
    { status: 'UPDATE_COMPLETE' },
  ]);
  t.equal((await deployStack('network', request, deploying)).change, 'updated');
  t.same(calls, ['continue', 'compare UPDATE', 'execute']);
});

t.test('a stack whose roll-back fails again is left alone, and the way out is told', async (t) => {
  const { deploying, calls } = replay([{ status: 'UPDATE_ROLLBACK_FAILED' }]);
  await t.rejects(deployStack('network', request, deploying), {
    message: /UPDATE_ROLLBACK_FAILED/,
    hint: /continue-update-rollback/,
  });
  t.same(calls, ['continue']);
});

t.test('a comparison that CloudFormation refuses is told by its reason, and removed', async (t) => {
  const { deploying, calls } = replay([{ status: 'CREATE_COMPLETE' }], {
    status: 'FAILED',
    changes: [],
    statusReason: 'Parameters: [Zone] must have values',
  });
  await t.rejects(deployStack('network', request, deploying), {
    message: /Parameters: \[Zone\] must have values/,
  });
  t.same(calls, ['compare UPDATE', 'forget']);
});

t.test('what can not be deleted is named', async (t) => {
  const { deploying } = replay([
    { status: 'CREATE_COMPLETE' },
    { status: 'DELETE_FAILED', events: ['Bucket DELETE_FAILED The bucket is not empty'] },
  ]);
  await t.rejects(deleteStack('network', request.name, deploying), {
    message: /Bucket .*: The bucket is not empty/,
  });
});

t.test('what could not be deleted is tried again by the next run', async (t) => {
  const { deploying, calls } = replay([
    { status: 'DELETE_FAILED', events: ['Bucket DELETE_FAILED The bucket is not empty'] },
    { status: 'DELETE_IN_PROGRESS' },
    { status: 'DELETE_COMPLETE', events: ['Bucket DELETE_COMPLETE'] },
  ]);
  await deleteStack('network', request.name, deploying);
  t.same(calls, ['delete']);
  const stuck = replay([{ status: 'DELETE_FAILED' }]);
  await t.rejects(deployStack('network', request, stuck.deploying), {
    message: /DELETE_FAILED/,
    hint: /platen destroy/,
  });
});
