import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { type DeploymentRecord, parseRecord } from './deployment-record.js';

/** After so long a deployment that never ended is taken for one that was killed: the longest that ECS waits is 3 h. */
const forgottenAfterMs = 4 * 3600 * 1000;

/** The parameter that says who deployed what and when: not in tags, where each deployment would be a change. */
function parameterOf({ name, platform }: AwsContext): string {
  return `/${platform.name}/${name}/deployment`;
}

/** All deployments that are remembered, the newest first. */
export async function deploymentHistory(context: AwsContext): Promise<DeploymentRecord[]> {
  const values = await servicesOf(context).ssm.history(parameterOf(context), context);
  const seen = new Set<string>();
  return values.flatMap((value) => {
    const record = parseRecord(value);
    // A deployment writes twice, at its beginning and at its end: the later one counts.
    if (record === undefined || seen.has(record.id)) return [];
    seen.add(record.id);
    return [record];
  });
}

/** Names somebody else's deployment that is under way, and another branch that was deployed last. */
export async function nameOthers(context: AwsContext, now = Date.now()): Promise<void> {
  const value = await servicesOf(context).ssm.parameter(parameterOf(context), context);
  const last = value === undefined ? undefined : parseRecord(value);
  if (last === undefined) return;
  const { who, branch } = await context.deployer();
  const warn = (text: string): void => context.reporter.report({ kind: 'warning', text });
  const from = last.branch === undefined ? '' : ` from the branch ${last.branch}`;
  const isUnderWay = last.outcome === undefined && now - Date.parse(last.started) < forgottenAfterMs;
  if (isUnderWay)
    warn(
      last.who === who
        ? `A deployment of yours began at ${last.started} and has not ended: it is gone on with.`
        : `${last.who} has been deploying ${context.name}${from} since ${last.started}: what they are at is waited for.`,
    );
  else if (branch !== undefined && last.branch !== undefined && last.branch !== branch)
    warn(`${context.name} was deployed last by ${last.who}${from} (${last.started}); this is ${branch}.`);
}

/** Notes that a deployment begins; the end notes how it ended. */
export async function recordDeployment(
  context: AwsContext,
  image: string | undefined,
): Promise<{ end(how: Partial<DeploymentRecord>): Promise<void> }> {
  const { ssm } = servicesOf(context);
  const { who, branch, commit } = await context.deployer();
  const started = new Date().toISOString();
  const id = `${context.token} ${started}`;
  const begun: DeploymentRecord = { id, who, branch, commit, image, started };
  const write = (record: DeploymentRecord): Promise<void> =>
    ssm.setParameter(parameterOf(context), JSON.stringify(record), context);
  await write(begun);
  return {
    end: (how) => write({ ...begun, ...how, ended: new Date().toISOString() }),
  };
}

/** Forgets all of it, with the environment. */
export async function forgetDeployments(context: AwsContext): Promise<void> {
  await servicesOf(context).ssm.deleteParameter(parameterOf(context), context);
}
