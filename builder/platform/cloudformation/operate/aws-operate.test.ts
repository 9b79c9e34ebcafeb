import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import type { LogEvent } from '../../../aws/logs/logs-api.js';
import { loadEnvironment } from '../../../spec/load-environment.js';
import { loadPlatform } from '../../graph/load-platform.js';
import type { AwsContext } from '../aws-context.js';
import { awsExec } from './aws-exec.js';
import { awsLogs } from './aws-logs.js';

const outputs: Readonly<Record<string, Record<string, string>>> = {
  observability: { TaskLogGroup: '/platen/dev/tasks' },
  service: { ServiceName: 'wordpress', TaskDefinitionArn: 'arn:definition' },
  cluster: { ClusterName: 'dev', CapacityProvider: 'provider' },
};

const task = {
  arn: 'arn:aws:ecs:eu-central-1:1:task/dev/abcdef123456',
  id: 'abcdef123456',
  status: 'RUNNING',
  containers: [
    // AWS puts some of its own beside the site's, in any order.
    { name: 'aws-guardduty-agent', image: 'g', runtimeId: 'abcdef-2' },
    { name: 'wordpress', image: 'i', runtimeId: 'abcdef-1' },
  ],
};

/** An environment whose stacks are there; what is asked of ECS and the log is answered from these. */
function contextOf(
  t: Test,
  {
    events = [],
    exec = true,
    asked = [],
  }: { events?: readonly LogEvent[]; exec?: boolean; asked?: object[] },
): AwsContext {
  const spec = loadEnvironment('.', 'dev');
  const folder = t.testdir();
  const stack = async (name: string) => ({
    name,
    id: name,
    status: 'CREATE_COMPLETE',
    outputs: outputs[name.replace(/^platen-dev-/, '')] ?? {},
    parameters: {
      Image: `repository@sha256:${'a'.repeat(64)}`,
      ImageId: 'ami-1',
      OperatorCidr: '192.0.2.1/32',
    },
  });
  let looks = 0;
  const services = {
    cloudformation: { stack, names: async () => [] },
    ec2: { prefixList: async () => 'pl-1' },
    ssm: { parameter: async () => 'ami-1' },
    logs: {
      async *since(group: string, from: number) {
        asked.push({ group, from });
        // The second look finds the last line again, and one more.
        yield* looks++ === 0 ? events.slice(0, 2) : events.slice(1);
      },
    },
    ecs: {
      tasks: async () => [task],
      executeCommand: async (wish: object) => {
        asked.push(wish);
        return { sessionId: 's', streamUrl: 'wss://x', tokenValue: 't' };
      },
    },
  };
  const context = {
    name: 'dev',
    spec: { ...spec, account: undefined, region: 'eu-central-1', service: { ...spec.service, exec } },
    platform: loadPlatform('.'),
    services: () => services,
    registry: () => undefined,
    identity: async () => ({ account: '1', arn: 'arn:user' }),
    path: folder,
    profile: undefined,
    releases: { newest: async () => undefined },
    signal: new AbortController().signal,
    token: '1',
    wait: async () => undefined,
  };
  return context as unknown as AwsContext;
}

const event = (id: string, stream: string, text: string): LogEvent =>
  ({ id, stream, text, time: new Date(`2026-11-29T10:00:0${id}Z`) }) as LogEvent;
const events = [
  event('1', 'task/wordpress/abcdef123456', 'one'),
  event('2', 'task/wordpress/fedcba654321', 'two'),
  event('3', 'task/wordpress/abcdef123456', 'three'),
];

async function told(context: AwsContext, wish: Partial<Parameters<typeof awsLogs>[1]>): Promise<string[]> {
  const lines: string[] = [];
  for await (const { part, text: line } of awsLogs(context, { parts: [], follow: false, ...wish })) {
    lines.push(`${part}: ${line}`);
    if (line === 'three') break;
  }
  return lines;
}

t.test('logs are told by task, and each line once, however often it is seen', async (t) => {
  const asked: { group?: string; from?: number }[] = [];
  t.same(await told(contextOf(t, { events, asked }), { since: 1_700_000_000 }), [
    'wordpress abcdef: one',
    'wordpress fedcba: two',
  ]);
  t.same(asked, [{ group: '/platen/dev/tasks', from: 1_700_000_000_000 }]);
  t.same(await told(contextOf(t, { events }), { follow: true }), [
    'wordpress abcdef: one',
    'wordpress fedcba: two',
    'wordpress abcdef: three',
  ]);
  t.same(await told(contextOf(t, { events }), { parts: ['fedcba'] }), ['wordpress fedcba: two']);
  t.same(await told(contextOf(t, { events }), { tail: 0 }), []);
});

t.test('exec goes through the session manager plugin, with the words as a shell reads them', async (t) => {
  const asked: object[] = [];
  const context = contextOf(t, { asked });
  const plugin = join(context.path ?? '', 'session-manager-plugin');
  writeFileSync(
    plugin,
    '#!/bin/sh\n[ "$3" = StartSession ] && case $5 in *ecs:dev_abcdef123456_abcdef-1*) exit 5 ;; esac\n',
  );
  chmodSync(plugin, 0o755);
  const stdout = new PassThrough();
  const streams = { stdin: new PassThrough(), stdout, stderr: stdout, terminal: false };
  const wish = { part: 'abcdef', command: ['echo', "it's"], isNew: false };
  t.equal(await awsExec(context, wish, streams), 5);
  t.match(asked, [{ cluster: 'dev', task: task.arn, container: 'wordpress', command: "echo 'it'\\''s'" }]);
  await t.rejects(awsExec(context, { ...wish, part: 'database' }, streams), {
    code: 'usage',
    hint: /There are: wordpress, abcdef/,
  });
  await t.rejects(awsExec(contextOf(t, {}), wish, streams), {
    message: /session-manager-plugin is not installed/,
  });
  await t.rejects(awsExec(contextOf(t, { exec: false }), wish, streams), { message: /allows no commands/ });
  stdout.end();
  t.equal(await text(stdout), '');
});
