import { spawn } from 'node:child_process';
import type { EcsTask } from '../../../aws/ecs/ecs-service.js';
import type { ForegroundStreams } from '../../../engine/docker/resources/attached.js';
import { BuilderError } from '../../../errors.js';
import { findProgram } from '../../../system/find-program.js';
import type { ExecWish } from '../../driver.js';
import { requireAccount, servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { viewPlatform } from '../platform-view.js';
import { siteContainer, siteContainerOf } from '../service/service-name.js';
import { execInNewTask } from './exec-new.js';

const shell = ['/bin/sh', '-c', 'command -v bash >/dev/null && exec bash; exec sh'];
/** AWS's program that sessions go through. */
export const sessionPlugin = 'session-manager-plugin';
/** What to do where it is missing. */
export const pluginHint =
  'See "Install the Session Manager plugin" in the AWS Systems Manager User Guide. Without it: platen exec --new wordpress -- COMMAND';

/**
 * Runs a command in a task by ECS Exec, or in a task of its own. ECS Exec does not tell how a command ended: its exit code is
 * the session's. @throws BuilderError where it can't
 */
export async function awsExec(
  context: AwsContext,
  wish: ExecWish,
  streams: ForegroundStreams,
): Promise<number> {
  await requireAccount(context);
  const { outputs } = await viewPlatform(context);
  const { ServiceName: service } = outputs.get('service') ?? {};
  const cluster = outputs.get('cluster')?.['ClusterName'];
  if (service === undefined || cluster === undefined)
    throw new BuilderError(`${context.name} is not there`, {
      code: 'not-found',
      hint: `npm run provision -- --env ${context.name} brings it up.`,
    });
  if (wish.isNew) return execInNewTask(context, { outputs, wish, out: streams.stdout });
  const program = requirePlugin(context);
  const { ecs } = servicesOf(context);
  const task = taskNamed(await ecs.tasks(cluster, { service }, context), wish.part, context);
  const container = siteContainerOf(task);
  const command = (wish.command.length === 0 ? shell : wish.command).map(quoted).join(' ');
  const session = await ecs.executeCommand(
    { cluster, task: task.arn, container: container?.name ?? '', command },
    context,
  );
  const target = { Target: `ecs:${cluster}_${task.id}_${container?.runtimeId ?? ''}` };
  const region = context.spec.region ?? '';
  const argv = [
    JSON.stringify(session),
    region,
    'StartSession',
    '',
    JSON.stringify(target),
    `https://ssm.${region}.amazonaws.com`,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function requirePlugin({ spec, path, name }: AwsContext): string {
  if (!spec.service.exec)
    throw new BuilderError(`${name} allows no commands in running tasks`, {
      code: 'usage',
      hint: `Set service.exec: true in ${spec.file} and provision, or use: platen exec --new wordpress -- COMMAND`,
    });
  const program = findProgram(sessionPlugin, path);
  if (program === undefined)
    throw new BuilderError(`${sessionPlugin} is not installed: AWS's sessions go through it`, {
      code: 'failed',
      hint: pluginHint,
    });
  return program;
}

function taskNamed(tasks: readonly EcsTask[], part: string, { name }: AwsContext): EcsTask {
  const running = tasks.filter(({ status }) => status === 'RUNNING');
  const found = running.find(({ id }) => id.startsWith(part) || part === siteContainer);
  if (found !== undefined) return found;
  const known = [siteContainer, ...running.map(({ id }) => id.slice(0, 6))].join(', ');
  throw new BuilderError(`No task of ${name} that runs is called ${part}`, {
    code: 'usage',
    hint: `There are: ${known}. Databases and caches of AWS take no commands.`,
  });
}

/** As a shell reads it: ECS splits the one text that it takes. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
