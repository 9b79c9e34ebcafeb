import t from 'tap';
import type { StackEvent } from '../../aws/cloudformation/stack.js';
import { StackLines } from './stack-lines.js';

/** "2 Vpc CREATE_IN_PROGRESS why": second, resource, status, reason; in the shapes of DescribeStackEvents. */
function event(text: string): StackEvent {
  const [, second = '', logicalId = '', status = '', reason] =
    /^(\d+) (\S+) (\S+)(?: (.*))?$/.exec(text) ?? [];
  const isStack = logicalId === 'platen-dev-network';
  return {
    id: text,
    stack: 'platen-dev-network',
    logicalId,
    status,
    reason,
    type: isStack ? 'AWS::CloudFormation::Stack' : 'AWS::EC2::VPC',
    physicalId: isStack ? 'arn:stack' : undefined,
    // The clock of CloudFormation, which is not ours.
    time: new Date(Date.UTC(2031, 0, 1) + Number(second) * 1000),
  };
}

/** Each event that is told, in a few words. */
function told(texts: readonly string[], total?: number): string[] {
  const lines = new StackLines('network', total);
  return texts
    .flatMap((text) => lines.of(event(text)))
    .map((one) => {
      switch (one.kind) {
        case 'stack-progress':
          return `${one.state} ${one.done}/${one.total}`;
        case 'part-started':
          return `${one.action} ${one.part}`;
        case 'part-changed':
          return `${one.change} ${one.part} ${one.ms}${one.reason === undefined ? '' : `: ${one.reason}`}`;
        case 'part-failed':
          return `failed ${one.part} ${one.ms}: ${one.reason}`;
        default:
          return `${one.kind} ${'part' in one ? one.part : ''}`;
      }
    });
}

const creation = [
  '0 platen-dev-network CREATE_IN_PROGRESS User Initiated',
  '1 Vpc CREATE_IN_PROGRESS',
  '2 Vpc CREATE_IN_PROGRESS Resource creation Initiated',
  '9 Vpc CREATE_IN_PROGRESS Eventual consistency check initiated',
  '15 Vpc CREATE_COMPLETE',
  '15 Gateway CREATE_IN_PROGRESS',
  '16 Subnet CREATE_IN_PROGRESS',
];

t.test('a creation is counted, and settling is told apart from done', async (t) => {
  const end = [
    '20 Gateway CREATE_COMPLETE',
    '21 Subnet CREATE_COMPLETE',
    '22 platen-dev-network CREATE_COMPLETE',
  ];
  t.same(told([...creation, ...end], 3), [
    'create network',
    'create network/Vpc',
    'part-settling network/Vpc',
    'created network/Vpc 14000',
    'in-progress 1/3',
    'create network/Gateway',
    'create network/Subnet',
    'created network/Gateway 5000',
    'in-progress 2/3',
    'created network/Subnet 5000',
    'in-progress 3/3',
    'created network 22000: 3 resources',
  ]);
  const configured = { ...event('9 Vpc CREATE_IN_PROGRESS'), detailedStatus: 'CONFIGURATION_COMPLETE' };
  t.match(new StackLines('network').of(configured), [{ kind: 'part-started' }, { kind: 'part-settling' }]);
});

t.test('a roll-back counts down; what was cancelled is no failure', async (t) => {
  const failure = [
    '20 Subnet CREATE_FAILED no room',
    '20 Gateway CREATE_FAILED Resource creation cancelled',
    '21 platen-dev-network ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Subnet].',
    '22 Gateway DELETE_IN_PROGRESS',
    '25 Gateway DELETE_COMPLETE',
    '26 Subnet DELETE_COMPLETE',
    '27 Vpc DELETE_IN_PROGRESS',
    '30 Vpc DELETE_COMPLETE',
    '31 platen-dev-network ROLLBACK_COMPLETE',
  ];
  t.same(told([...creation, ...failure], 3).slice(7), [
    'failed network/Subnet 4000: no room',
    'part-cancelled network/Gateway',
    'rolling-back 0/3',
    'remove network/Gateway',
    'removed network/Gateway 3000',
    'rolling-back 1/3',
    'removed network/Subnet 0',
    'rolling-back 2/3',
    'remove network/Vpc',
    'removed network/Vpc 3000',
    'rolling-back 3/3',
    'failed network 31000: rolled back',
  ]);
});

t.test('a first creation that is removed because it failed is rolled back, too', async (t) => {
  const failure = [
    '20 Subnet CREATE_FAILED no room',
    '21 platen-dev-network CREATE_FAILED The following resource(s) failed to create: [Subnet].',
    '21 platen-dev-network DELETE_IN_PROGRESS',
    '30 Vpc DELETE_COMPLETE',
    '31 platen-dev-network DELETE_COMPLETE',
  ];
  t.same(told([...creation, ...failure]).slice(7), [
    'failed network/Subnet 4000: no room',
    'rolling-back 0/3',
    'removed network/Vpc 0',
    'rolling-back 1/3',
    'failed network 31000: rolled back: what was made of it is removed',
  ]);
});

t.test('an update goes back, and cleans up behind itself', async (t) => {
  t.same(
    told([
      '0 platen-dev-network UPDATE_IN_PROGRESS',
      '1 Vpc UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
      '5 Vpc UPDATE_COMPLETE',
      '6 Subnet UPDATE_FAILED no room',
      '7 platen-dev-network UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Subnet].',
      '8 Vpc UPDATE_IN_PROGRESS',
      '9 Vpc UPDATE_COMPLETE',
      '10 Subnet UPDATE_COMPLETE',
      '11 platen-dev-network UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      '12 Vpc DELETE_IN_PROGRESS',
      '14 Vpc DELETE_COMPLETE',
      '15 platen-dev-network UPDATE_ROLLBACK_COMPLETE',
    ]),
    [
      'update network',
      'update network/Vpc',
      'updated network/Vpc 4000',
      'in-progress 1/undefined',
      'failed network/Subnet 0: no room',
      'rolling-back 0/2',
      'update network/Vpc',
      'updated network/Vpc 1000',
      'rolling-back 1/2',
      'updated network/Subnet 0',
      'rolling-back 2/2',
      'remove network/Vpc',
      'removed network/Vpc 2000',
      'failed network 15000: rolled back',
    ],
  );
});

t.test('a deletion keeps what its template keeps', async (t) => {
  t.same(
    told([
      '0 platen-dev-network DELETE_IN_PROGRESS User Initiated',
      '1 Vpc DELETE_SKIPPED',
      '2 Subnet DELETE_FAILED it is in use',
      '3 platen-dev-network DELETE_FAILED The following resource(s) failed to delete: [Subnet].',
    ]),
    [
      'remove network',
      'unchanged network/Vpc 0: is kept',
      'in-progress 1/undefined',
      'failed network/Subnet 0: it is in use',
      'failed network 3000: The following resource(s) failed to delete: [Subnet].',
    ],
  );
});
