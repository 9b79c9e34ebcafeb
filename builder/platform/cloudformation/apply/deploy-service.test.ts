import t from 'tap';
import type { EcsServiceDeployment } from '../../../aws/ecs/ecs-service.js';
import { loadPlatform } from '../../graph/load-platform.js';
import type { PlatenEvent } from '../../../reporter.js';
import { FakeCloudFormation } from '../../../testing/fake-cloudformation.js';
import type { Deployment } from './deployment.js';
import { deployService } from './deploy-service.js';
import { wasTakenBack } from './was-taken-back.js';

const definition = (revision: number): string =>
  `arn:aws:ecs:eu-central-1:1:task-definition/dev-wordpress:${revision}`;
const { definition: template } = loadPlatform('.').stacks['service']!;
const stackName = 'platen-dev-service';

interface Played {
  /** What ECS says of its deployment, look by look. */
  readonly deployment: readonly (Partial<EcsServiceDeployment> | undefined)[];
  /** The revision that runs afterwards. */
  readonly runs: number;
  readonly stopped?: readonly object[];
  readonly stackFails?: boolean;
  /** An update of before is still under way, and ECS takes its deployment back. */
  readonly afterRollback?: boolean;
}

/** A service on revision 1 that is to get revision 2; CloudFormation's stack ends well unless it is told otherwise. */
async function play({ deployment, runs, stopped = [], stackFails, afterRollback }: Played) {
  const told: PlatenEvent[] = [];
  const aws = new FakeCloudFormation();
  const request = { name: stackName, template: 'before', parameters: {}, tags: {}, type: 'CREATE' as const };
  await aws.createChangeSet({ ...request, changeSet: 'first' });
  await aws.execute(stackName);
  while ((await aws.stack(stackName))?.status !== 'CREATE_COMPLETE');
  if (afterRollback) {
    await aws.createChangeSet({ ...request, template: 'between', type: 'UPDATE', changeSet: 'second' });
    await aws.execute(stackName);
  }
  if (stackFails) aws.failing.add(stackName);
  const begunBefore = aws.executed.length;
  const isBegun = (): boolean => aws.executed.length > begunBefore;
  aws.resource = { type: 'AWS::ECS::Service' };
  aws.outputs = () => ({ TaskDefinitionArn: definition(2), ServiceName: 'dev-wordpress' });
  let looks = 0;
  const ecs = {
    service: async () => ({
      name: 'dev-wordpress',
      pending: 0,
      deployments: [
        { definition: definition(runs), desired: 2, running: 2, failed: 0, rollout: 'COMPLETED' },
      ],
    }),
    tasks: async () => stopped,
    taskDefinition: async () => ({}),
    serviceDeployments: async (_: string, __: string, { underWay }: { underWay?: boolean }) => [
      ...(isBegun() && underWay !== true ? ['arn:new'] : []),
      ...(afterRollback ? ['arn:earlier'] : []),
    ],
    serviceDeployment: async (arn: string) => {
      const found = arn === 'arn:new' ? deployment[Math.min(looks++, deployment.length - 1)] : back;
      return found && { arn, traffic: 0, testTraffic: 0, triggeredAlarms: [], status: '', ...found };
    },
  };
  const context = {
    name: 'dev',
    spec: { region: 'eu-central-1', protection: { termination: false, deletion: false } },
    services: () => ({
      cloudformation: aws,
      stackCare: { validationFailures: async () => [] },
      ecs,
      logs: {},
    }),
    reporter: { report: (event: PlatenEvent) => void told.push(event) },
    signal: new AbortController().signal,
    token: 'run-2',
    wait: () => new Promise((done) => setImmediate(done)),
  };
  const outputs = new Map([
    ['cluster', { ClusterName: 'dev' }],
    ['service', { TaskDefinitionArn: definition(1) }],
  ]);
  const stack = {
    name: 'service',
    stackName,
    scope: 'environment',
    region: 'eu-central-1',
    template,
    parameters: {},
    dependsOn: [],
  };
  const view = { outputs: new Map(outputs), there: new Map(), stacks: [stack] };
  const state = { context, view, outputs, stacks: [stack], allowed: [], outcome: undefined };
  await deployService('service', state as unknown as Deployment);
  return { outcome: (state as unknown as Deployment).outcome, told, state };
}

const baking = { status: 'IN_PROGRESS', stage: 'BAKE_TIME', traffic: 100 };
const back = { status: 'ROLLBACK_SUCCESSFUL', stage: 'CLEAN_UP' };

t.test('a deployment that ECS ends well is completed', async (t) => {
  const { outcome } = await play({ deployment: [baking, { ...baking, status: 'SUCCESSFUL' }], runs: 2 });
  t.match(outcome, { outcome: 'completed', revision: '2', wanted: '2' });
});

t.test('an alarm after the stack is well: rolled back, with the alarm as the reason', async (t) => {
  const alarm = { ...back, triggeredAlarms: ['dev-errors'], rollbackReason: 'alarms' };
  const { outcome, told } = await play({ deployment: [baking, baking, alarm], runs: 1 });
  t.match(outcome, {
    outcome: 'rolled-back',
    revision: '1',
    wanted: '2',
    reason: 'the alarm dev-errors went off',
  });
  t.match(told.at(-1), { kind: 'deployment-done', outcome: 'rolled-back', reason: /alarm/ });
});

t.test('after one that was taken back the next is judged by itself', async (t) => {
  const { outcome } = await play({
    deployment: [baking, { ...baking, status: 'SUCCESSFUL' }],
    runs: 2,
    afterRollback: true,
  });
  t.match(outcome, { outcome: 'completed', revision: '2', wanted: '2' });
});

t.test('another revision than the wanted one is no success, whatever else is said', async (t) => {
  const { outcome, state } = await play({ deployment: [undefined], runs: 1 });
  t.match(outcome, { outcome: 'rolled-back', revision: '1', wanted: '2' });
  const view = {
    ...state.view,
    outputs: new Map([['service', { ServiceName: 'dev-wordpress', TaskDefinitionArn: definition(2) }]]),
  };
  t.equal(await wasTakenBack(state.context as never, view as never), true, 'the next run deploys it again');
});

t.test('tasks that a roll-back ends have not failed; those that failed say why', async (t) => {
  const task = (id: string, stoppedReason: string, exitCode?: number) => ({
    arn: id,
    id,
    definition: definition(2),
    stoppedReason,
    containers: [{ name: 'wordpress', image: 'i', exitCode }],
  });
  const ended = task('a', 'Scaling activity initiated by (deployment ecs-svc/2)');
  const people = { ...back, rollbackReason: 'Service deployment rolled back by StopServiceDeployment.' };
  const stopped = await play({ deployment: [people], runs: 1, stopped: [ended], stackFails: true });
  t.match(stopped.outcome, { outcome: 'rolled-back', reason: /StopServiceDeployment/ });
  t.notOk(
    stopped.told.some((event) => event.kind === 'part-failed' && event.part.startsWith('dev-wordpress')),
    'and is not told as failed',
  );
  const failed = task('b', 'Essential container in task exited', 3);
  const broken = await play({ deployment: [people], runs: 1, stopped: [ended, failed], stackFails: true });
  t.match(broken.outcome, { reason: 'Essential container in task exited', exitCode: 3 });
});
