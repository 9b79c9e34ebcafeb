import t, { type Test } from 'tap';
import { EcsApi } from '../../../aws/ecs/ecs-api.js';
import type { PlatenEvent } from '../../../reporter.js';
import { type AwsAnswer, awsAnswers } from '../../../testing/aws-answers.js';
import type { AwsContext } from '../aws-context.js';
import { DeploymentWatch, isGoingBack, rollbackReason } from './deployment-watch.js';

/*
 * Answers in the documented shapes of ListServiceDeployments, DescribeServiceDeployments and StopServiceDeployment
 * (API model of @aws-sdk/client-ecs 3.1164.0; none of them was recorded in an account): no emulator has blue/green.
 */

const arn = (id: string): string =>
  `arn:aws:ecs:eu-central-1:123456789012:service-deployment/dev/dev-wordpress/${id}`;
const revision = (id: string): string =>
  `arn:aws:ecs:eu-central-1:123456789012:service-revision/dev/dev-wordpress/${id}`;

interface Stage {
  readonly status?: string;
  readonly stage?: string;
  readonly traffic?: number;
  readonly test?: number;
  readonly more?: object;
}

/** DescribeServiceDeployments, as it answers at one moment. */
function described(id: string, { status = 'IN_PROGRESS', stage, traffic = 0, test = 0, more = {} }: Stage) {
  const deployment = {
    serviceDeploymentArn: arn(id),
    serviceArn: 'arn:aws:ecs:eu-central-1:123456789012:service/dev/dev-wordpress',
    clusterArn: 'arn:aws:ecs:eu-central-1:123456789012:cluster/dev',
    createdAt: 1764415200.12,
    startedAt: 1764415201.5,
    sourceServiceRevisions: [
      {
        arn: revision('1'),
        requestedTaskCount: 2,
        runningTaskCount: 2,
        pendingTaskCount: 0,
        requestedTestTrafficWeight: 100 - test,
        requestedProductionTrafficWeight: 100 - traffic,
      },
    ],
    targetServiceRevision: {
      arn: revision('2'),
      requestedTaskCount: 2,
      runningTaskCount: 1,
      pendingTaskCount: 1,
      requestedTestTrafficWeight: test,
      requestedProductionTrafficWeight: traffic,
    },
    status,
    ...(stage === undefined ? {} : { lifecycleStage: stage }),
    deploymentConfiguration: { strategy: 'CANARY', bakeTimeInMinutes: 5, maximumPercent: 200 },
    alarms: { status: 'MONITORING', alarmNames: ['dev-errors', 'dev-latency'], triggeredAlarmNames: [] },
    ...more,
  };
  return { serviceDeployments: [deployment], failures: [] };
}

/** A service whose earlier deployment is "old", and whose new one, once it is there, goes through these stages. */
async function watched(t: Test, stages: readonly Stage[], joins = false) {
  let at = -1;
  const told: PlatenEvent[] = [];
  const listed = (id: string, status: string, createdAt: number) => ({
    serviceDeploymentArn: arn(id),
    status,
    createdAt,
    targetServiceRevisionArn: revision(id),
  });
  const questions = await awsAnswers(t, ({ action, input }): AwsAnswer => {
    if (action === 'DescribeServiceDeployments')
      return { body: described('new', stages[Math.min(at, stages.length - 1)] ?? {}) };
    if (action !== 'ListServiceDeployments') return { body: {} };
    const isThere = joins || at > 0;
    const all = [
      listed('old', 'SUCCESSFUL', 1764400000),
      // CloudFormation's own roll-back of the stack makes a third one, which is none of ours.
      ...(isThere ? [listed('after', 'PENDING', 1764415900), listed('new', 'IN_PROGRESS', 1764415200)] : []),
    ];
    const wanted = input['status'] as string[] | undefined;
    return { body: { serviceDeployments: all.filter(({ status }) => wanted?.includes(status) ?? true) } };
  });
  const context = {
    services: () => ({ ecs: new EcsApi({ region: 'eu-central-1' }) }),
    spec: { region: 'eu-central-1' },
    reporter: { report: (event: PlatenEvent) => void told.push(event) },
    signal: new AbortController().signal,
  } as unknown as AwsContext;
  const watch = new DeploymentWatch(context, { cluster: 'dev', service: 'dev-wordpress' });
  const look = (): Promise<boolean> => {
    at += 1;
    return watch.look();
  };
  return { watch, look, told, questions };
}

const canary: readonly Stage[] = [
  {},
  {},
  { stage: 'SCALE_UP' },
  { stage: 'POST_TEST_TRAFFIC_SHIFT', test: 100 },
  { stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 10 },
  { stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 10 },
  { stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 100 },
  { stage: 'BAKE_TIME', traffic: 100 },
  { status: 'SUCCESSFUL', stage: 'CLEAN_UP', traffic: 100 },
];

t.test('a canary deployment is followed from stage to stage, each told once', async (t) => {
  const { watch, look, told } = await watched(t, canary);
  t.equal(await look(), false, 'what was there before is none of ours');
  t.equal(watch.last, undefined);
  for (const _ of canary.slice(1, -1)) t.equal(await look(), true);
  t.equal(await look(), false, 'it is done');
  t.same(
    told.map((event) => event.kind === 'deployment-stage' && [event.stage, event.traffic, event.testTraffic]),
    [
      ['SCALE_UP', 0, 0],
      ['POST_TEST_TRAFFIC_SHIFT', 0, 100],
      ['PRODUCTION_TRAFFIC_SHIFT', 10, 0],
      ['PRODUCTION_TRAFFIC_SHIFT', 100, 0],
      ['BAKE_TIME', 100, 0],
      ['CLEAN_UP', 100, 0],
    ],
  );
  t.match(watch.last, { arn: arn('new'), status: 'SUCCESSFUL' });
});

t.test('one that is under way is joined', async (t) => {
  const { watch, look } = await watched(t, [{ stage: 'BAKE_TIME', traffic: 100 }], true);
  t.equal(await look(), true);
  t.equal(watch.last?.arn, arn('new'));
});

t.test('an alarm while it bakes: it goes back, and the alarm is the reason', async (t) => {
  const back = {
    rollback: {
      reason: 'Service deployment rolled back because of the following alarms: dev-errors.',
      startedAt: 1764415500,
      serviceRevisionArn: revision('1'),
    },
    alarms: { status: 'TRIGGERED', alarmNames: ['dev-errors'], triggeredAlarmNames: ['dev-errors'] },
  };
  const { watch, look, told } = await watched(t, [
    {},
    { stage: 'BAKE_TIME', traffic: 100 },
    { status: 'ROLLBACK_IN_PROGRESS', stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 0, more: back },
    { status: 'ROLLBACK_SUCCESSFUL', stage: 'CLEAN_UP', traffic: 0, more: back },
  ]);
  await look();
  t.equal(await look(), true);
  t.equal(await look(), true);
  t.match(told.at(-1), { stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 0, state: 'rolling-back' });
  t.equal(await look(), false);
  const last = watch.last!;
  t.ok(isGoingBack(last));
  t.equal(rollbackReason(last), 'the alarm dev-errors went off');
});

t.test('why it went back, where no alarm did it', async (t) => {
  const { watch, look } = await watched(t, [
    {},
    {
      status: 'ROLLBACK_SUCCESSFUL',
      more: {
        rollback: {
          reason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
        },
      },
    },
  ]);
  await look();
  await look();
  t.match(rollbackReason(watch.last!), /circuit breaker/);
});

t.test('stopping one asks for a roll-back, and touches nothing of the load balancer', async (t) => {
  const { questions } = await watched(t, [], true);
  const ecs = new EcsApi({ region: 'eu-central-1' });
  t.equal(await ecs.stopDeployment('dev', 'dev-wordpress'), true);
  t.match(questions.at(-1), {
    action: 'StopServiceDeployment',
    input: { serviceDeploymentArn: arn('after'), stopType: 'ROLLBACK' },
  });
  t.same(
    questions.map(({ action }) => action),
    ['ListServiceDeployments', 'StopServiceDeployment'],
  );
});
