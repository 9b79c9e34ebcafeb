import t, { type Test } from 'tap';
import { CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import type { PlatenEvent } from '../../reporter.js';
import { type AwsAnswer, type AwsQuestion, awsAnswers } from '../../testing/aws-answers.js';
import { type DeployedStack, deployStack } from './deploy-stack.js';

/*
 * One stack is created, with the SDK itself in between: its retries, its signatures, its clock. Answers are in the shapes of the
 * CloudFormation API reference; what goes wrong does so at one call of the polling.
 */

const name = 'platen-dev-network';
const id = `arn:aws:cloudformation:eu-central-1:123456789012:stack/${name}/1`;
const xml = (action: string, result: string): string =>
  `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;

const absent = { error: 'ValidationError', message: `Stack with id ${name} does not exist` };

/** CloudFormation, on which a stack is done after six looks; what goes wrong is answered instead, at looks of a running operation. */
class Played {
  looks = 0;
  executed = 0;
  isGone = false;

  answer = ({ action, input }: AwsQuestion): AwsAnswer => {
    const result = this.#results[action]?.(input);
    return result === undefined ? absent : { body: xml(action, result) };
  };

  readonly #results: Readonly<Record<string, (input: AwsQuestion['input']) => string | undefined>> = {
    DescribeStacks: () => {
      if (this.executed === 0 || this.isGone) return undefined;
      this.looks += 1;
      const status = this.looks < 6 ? 'CREATE_IN_PROGRESS' : 'CREATE_COMPLETE';
      return `<Stacks><member><StackId>${id}</StackId><StackName>${name}</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-11-29T10:00:00Z</CreationTime></member></Stacks>`;
    },
    CreateChangeSet: () => `<Id>arn:set</Id><StackId>${id}</StackId>`,
    DescribeChangeSet: ({ ChangeSetName }) =>
      this.executed > 0
        ? '<Status>FAILED</Status><StatusReason>No updates are to be performed.</StatusReason>'
        : `<ChangeSetId>${String(ChangeSetName)}</ChangeSetId><StackId>${id}</StackId><Status>CREATE_COMPLETE</Status><Changes><member><Type>Resource</Type><ResourceChange><Action>Add</Action><LogicalResourceId>Vpc</LogicalResourceId><ResourceType>AWS::EC2::VPC</ResourceType></ResourceChange></member></Changes>`,
    DeleteChangeSet: () => '',
    ExecuteChangeSet: () => {
      this.executed += 1;
      return '';
    },
    DescribeStackEvents: () => {
      const all = [event(1, 'CREATE_IN_PROGRESS'), ...(this.looks < 6 ? [] : [event(2, 'CREATE_COMPLETE')])];
      return `<StackEvents>${this.executed === 0 ? '' : all.toReversed().join('')}</StackEvents>`;
    },
  };
}

function event(number: number, status: string): string {
  return `<member><EventId>Vpc-${number}</EventId><StackName>${name}</StackName><LogicalResourceId>Vpc</LogicalResourceId><ResourceType>AWS::EC2::VPC</ResourceType><ResourceStatus>${status}</ResourceStatus><Timestamp>2031-01-01T10:00:0${number}Z</Timestamp></member>`;
}

interface Run {
  readonly told: PlatenEvent[];
  deploy(): Promise<DeployedStack>;
}

async function play(t: Test, answer: (question: AwsQuestion) => AwsAnswer): Promise<Run> {
  await awsAnswers(t, answer);
  const told: PlatenEvent[] = [];
  const deploying = () => ({
    api: new CloudFormationApi({ region: 'eu-central-1' }),
    care: { continueRollback: async () => {}, validationFailures: async () => [] },
    reporter: { report: (event: PlatenEvent) => void told.push(event) },
    signal: new AbortController().signal,
    token: 'run-1',
    wait: () => Promise.resolve(),
  });
  const request = { name, template: '{}', parameters: {}, tags: {} };
  return { told, deploy: () => deployStack('network', request, deploying()) };
}

/** Answers `fault` so many times at the third look at a running operation, and at the look for events after it. */
function disturbed(played: Played, times: number, fault: AwsAnswer) {
  const left: Record<string, number> = { DescribeStacks: times, DescribeStackEvents: times };
  return (question: AwsQuestion): AwsAnswer => {
    const { action } = question;
    if (played.looks >= 2 && (left[action] ?? 0) > 0) {
      left[action]! -= 1;
      return fault;
    }
    return played.answer(question);
  };
}

const passing: readonly (readonly [what: string, fault: AwsAnswer])[] = [
  ['a connection that is reset', 'reset'],
  ['throttled calls', { error: 'Throttling', message: 'Rate exceeded', status: 400 }],
  ['a service that stumbles', { error: 'InternalFailure', message: 'oops', status: 500 }],
];

for (const [what, fault] of passing)
  t.test(`${what} in the middle of polling: asked again, and each event told once`, async (t) => {
    const played = new Played();
    const { deploy, told } = await play(t, disturbed(played, 2, fault));
    t.match(await deploy(), { change: 'created', stack: { status: 'CREATE_COMPLETE' } });
    t.equal(played.executed, 1);
    const ofVpc = told.filter((one) => 'part' in one && one.part === 'network/Vpc').map(({ kind }) => kind);
    t.same(ofVpc, ['part-started', 'part-changed']);
  });

t.test('credentials that expire in the middle: said, and the next run joins what goes on', async (t) => {
  const played = new Played();
  let isExpired = true;
  const expired = {
    error: 'ExpiredToken',
    message: 'The security token included in the request is expired',
    status: 403,
  };
  const { deploy } = await play(t, (question) =>
    isExpired && played.looks >= 2 ? expired : played.answer(question),
  );
  await t.rejects(deploy(), { message: /the AWS credentials have expired/, hint: /aws sso login/ });
  isExpired = false;
  t.match(await deploy(), { change: 'unchanged', stack: { status: 'CREATE_COMPLETE' } });
  t.equal(played.executed, 1, 'made once');
});

t.test('a stack that somebody else deletes while it is watched is no success', async (t) => {
  const played = new Played();
  const { deploy } = await play(t, (question) => {
    played.isGone = played.looks >= 3;
    return played.answer(question);
  });
  await t.rejects(deploy(), {
    message: 'The stack platen-dev-network failed: somebody deleted it meanwhile',
    hint: /Ask who works on this account/,
  });
});

t.test(
  'a clock that is a day behind: signatures follow the time of AWS, and times told are its own',
  async (t) => {
    const played = new Played();
    const ahead = 24 * 3600 * 1000;
    let refused = 0;
    const { deploy, told } = await play(t, (question) => {
      const date = new Date(Date.now() + ahead);
      if (Math.abs(question.signedAt.getTime() - date.getTime()) > 300_000) {
        refused += 1;
        return {
          error: 'SignatureDoesNotMatch',
          message: 'Signature expired: it is now later',
          status: 403,
          date,
        };
      }
      const answer = played.answer(question);
      return typeof answer === 'object' ? { ...answer, date } : answer;
    });
    t.match(await deploy(), { change: 'created' });
    t.ok(refused > 0 && refused < 5, `${refused} calls were signed anew`);
    t.match(
      told.find((one) => one.kind === 'part-changed' && one.part === 'network/Vpc'),
      { ms: 1000 },
    );
  },
);
