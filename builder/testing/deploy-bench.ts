import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { CloudFormationApi } from '../aws/cloudformation/cloudformation-api.js';
import { createStreamReporter } from '../cli/live/stream-reporter.js';
import { cloudFormationDriver } from '../platform/cloudformation/cloudformation-driver.js';
import { type Deploying, deployStack } from '../platform/cloudformation/deploy-stack.js';
import { inOrder } from '../platform/cloudformation/in-order.js';
import { loadPlatform } from '../platform/graph/load-platform.js';
import { resolvePlatform } from '../platform/graph/resolve-platform.js';
import type { Reporter } from '../reporter.js';
import { loadEnvironment } from '../spec/load-environment.js';
import { awsAnswers } from './aws-answers.js';
import { awsPlatform, motoSettings } from './aws-platform.js';
import { FakeCloudFormation } from './fake-cloudformation.js';
import { environmentOf } from './platform-variants.js';

/*
 * What scripts/bench/deploy measures with the parts of platen themselves. Each measurement is a program of its own:
 * `node deploy-bench.cjs parallel`, in the project's folder; its result is a line of JSON.
 */

const atEnd: (() => unknown)[] = [];
/** What test servers need of a test. */
const run = { teardown: (work: () => unknown) => void atEnd.push(work) } as unknown as Test;

const silent: Reporter = { report: () => {} };

/** Minutes that a stack takes to be made: estimates, for a proportion alone. Others take `otherwise`. */
const minutes: Readonly<Record<string, number>> = {
  database: 15,
  cache: 10,
  cdn: 5,
  service: 5,
  'load-balancer': 3,
  instances: 3,
  files: 2,
  nat: 2,
};
const otherwise = 0.75;
/** A minute becomes so many milliseconds, and the pauses between looks are shortened alike. */
const msPerMinute = 300;

function deployingOf(
  api: Deploying['api'],
  wait: (ms: number) => Promise<unknown>,
  reporter = silent,
): Deploying {
  const care = { continueRollback: async () => {}, validationFailures: async () => [] };
  return { api, care, reporter, signal: new AbortController().signal, token: 'bench', wait };
}

/** The time of a first deployment of `prod` over that of its longest chain of stacks. */
async function parallel() {
  const environment = loadEnvironment('.', 'prod');
  const stacks = resolvePlatform(loadPlatform('.'), { name: 'prod', environment });
  const duration = (name: string): number => (minutes[name] ?? otherwise) * msPerMinute;
  const aws = new FakeCloudFormation();
  aws.duration = duration;
  const wait = (ms: number): Promise<unknown> => sleep((ms / 60_000) * msPerMinute);
  const deploying = deployingOf(aws as unknown as CloudFormationApi, wait);
  const started = performance.now();
  await inOrder(stacks, ({ name }) =>
    deployStack(name, { name, template: name, parameters: {}, tags: {} }, deploying),
  );
  const took = performance.now() - started;
  const ends = new Map<string, number>();
  for (const { name, dependsOn } of stacks)
    ends.set(name, duration(name) + Math.max(0, ...dependsOn.map((one) => ends.get(one) ?? 0)));
  const longest = Math.max(...ends.values());
  const sum = stacks.reduce((total, { name }) => total + duration(name), 0);
  return { stacks: stacks.length, ratio: took / longest, oneAfterTheOther: sum / longest };
}

const resourcesOfOne = 500;
const looks = 40;
const steps: readonly (readonly [status: string, reason: string])[] = [
  ['CREATE_IN_PROGRESS', ''],
  ['CREATE_IN_PROGRESS', 'Resource creation Initiated'],
  ['CREATE_IN_PROGRESS', 'Eventual consistency check initiated'],
  ['CREATE_COMPLETE', ''],
];

/** The most memory of a program that follows four stacks of 500 resources each by the SDK, and draws their tree; in bytes. */
async function memory() {
  const seen = new Map<string, number>();
  const id = (name: unknown): string => String(name).replace(/^arn:/, '');
  await awsAnswers(run, ({ action, input }) => {
    const name = id(input['StackName']);
    const at = seen.get(name);
    const answer = (result: string) => ({
      body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
    });
    const stack = `<StackId>arn:${name}</StackId><StackName>${name}</StackName>`;
    if (action === 'DescribeStacks') {
      if (at === undefined)
        return { error: 'ValidationError', message: `Stack with id ${name} does not exist` };
      seen.set(name, at + 1);
      const status = at + 1 < looks ? 'CREATE_IN_PROGRESS' : 'CREATE_COMPLETE';
      return answer(`<Stacks><member>${stack}<StackStatus>${status}</StackStatus></member></Stacks>`);
    }
    if (action === 'DescribeChangeSet')
      return answer(
        `<ChangeSetId>set</ChangeSetId><StackId>arn:${name}</StackId><Status>CREATE_COMPLETE</Status><Changes>${change.repeat(resourcesOfOne)}</Changes>`,
      );
    if (action === 'ExecuteChangeSet') seen.set(name, 0);
    return answer(
      action === 'DescribeStackEvents' ? eventPage(name, at ?? 0, Number(input['NextToken'] ?? 0)) : '',
    );
  });
  const screen = { isTTY: true, columns: 120, rows: 50, write: () => true };
  using reporter = createStreamReporter(screen, {});
  const deploying = deployingOf(new CloudFormationApi({ region: 'eu-central-1' }), () => sleep(20), reporter);
  const names = ['one', 'two', 'three', 'four'];
  reporter.report({ kind: 'phase-started', environment: 'bench', phase: 'deploy', parts: names });
  await inOrder(
    names.map((name) => ({ name, dependsOn: [] })),
    ({ name }) => deployStack(name, { name, template: '{}', parameters: {}, tags: {} }, deploying),
  );
  return { resources: names.length * resourcesOfOne, bytes: process.resourceUsage().maxRSS * 1024 };
}

const change =
  '<member><ResourceChange><Action>Add</Action><LogicalResourceId>R</LogicalResourceId><ResourceType>AWS::SNS::Topic</ResourceType></ResourceChange></member>';

/** A hundred events of those that have come by that look, the newest first. */
function eventPage(name: string, look: number, from: number): string {
  const all = Math.floor((Math.min(look, looks) / looks) * resourcesOfOne * steps.length);
  const members = Array.from({ length: Math.min(100, all - from) }, (_, index) => {
    const number = all - 1 - from - index;
    const [status = '', reason = ''] = steps[number % steps.length] ?? [];
    const resource = `Resource${Math.floor(number / steps.length)}`;
    return `<member><EventId>${name}-${number}</EventId><StackName>${name}</StackName><LogicalResourceId>${resource}</LogicalResourceId><PhysicalResourceId>arn:aws:sns:eu-central-1:123456789012:${name}-${resource}</PhysicalResourceId><ResourceType>AWS::SNS::Topic</ResourceType><ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason><Timestamp>2026-11-29T10:00:00Z</Timestamp></member>`;
  });
  const next = from + 100 < all ? `<NextToken>${from + 100}</NextToken>` : '';
  return `<StackEvents>${members.join('')}</StackEvents>${next}`;
}

/** Milliseconds from the start of a command on a terminal to the first frame of its tree. */
async function tree(command: string) {
  const started = performance.now();
  const child = spawn('script', ['-qefc', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  for await (const chunk of child.stdout) if ((said += String(chunk)).includes('looking at')) break;
  const ms = performance.now() - started;
  child.kill();
  return { ms: said.includes('looking at') ? ms : undefined };
}

/** Makes the platform `bench` on moto, tells where that is, and keeps it until nobody listens any more. */
async function moto() {
  const aws = await awsPlatform(run);
  const context = aws.context(motoSettings, { name: 'bench', spec: environmentOf(motoSettings, 'bench') });
  await cloudFormationDriver(context).apply({ operator: '203.0.113.7/32' });
  process.stdout.write(`${JSON.stringify({ url: aws.moto.url, settings: motoSettings })}\n`);
  await once(process.stdin.resume(), 'end');
  return {};
}

const measurements: Readonly<Record<string, (argument: string) => Promise<object>>> = {
  parallel,
  memory,
  tree,
  moto,
};

const [name = '', argument = ''] = process.argv.slice(2);
void measurements[name]!(argument).then(async (result) => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  for (const work of atEnd) await work();
  process.exit(0);
});
