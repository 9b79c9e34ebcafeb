import type { ResourceDrift } from '../../../aws/cloudformation/stack.js';
import { BuilderError } from '../../../errors.js';
import type { PlatformStack } from '../../graph/platform.js';
import type { DriftedResource, PlatformDrift } from '../../platform-drift.js';
import { requireAccount, servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { pause } from '../pause.js';
import { viewPlatform } from '../platform-view.js';
import { noiseOf } from './known-noise.js';

const pollMs = 3000;

/** The states in which CloudFormation compares (User Guide, "Detect unmanaged configuration changes"). */
const comparable =
  /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$|^UPDATE_ROLLBACK_FAILED$/;

/** Compares all stacks with what is there, side by side. @throws BuilderError */
export async function awsDrift(context: AwsContext): Promise<PlatformDrift> {
  await requireAccount(context);
  const { stacks, there, obsolete } = await viewPlatform(context);
  const all = [...stacks, ...obsolete].filter(({ name }) => there.has(name));
  if (all.length === 0)
    throw new BuilderError(`${context.name} is not there`, {
      code: 'not-found',
      hint: `npm run provision -- --env ${context.name} brings it up.`,
    });
  const found = await Promise.all(
    all.map((stack) => stackDrift(context, stack, there.get(stack.name)?.status ?? '')),
  );
  return {
    environment: context.name,
    drifts: found.flatMap(({ drifts }) => drifts),
    noise: found.flatMap(({ noise }) => noise),
    notCompared: found.flatMap(({ notCompared }) => notCompared),
    failed: found.flatMap(({ failed }) => failed),
  };
}

type StackDrift = Omit<PlatformDrift, 'environment'>;

async function stackDrift(context: AwsContext, stack: PlatformStack, status: string): Promise<StackDrift> {
  const nothing: StackDrift = { drifts: [], noise: [], notCompared: [], failed: [] };
  if (!comparable.test(status))
    return { ...nothing, failed: [{ stack: stack.name, reason: `it is in ${status}` }] };
  const reason = await detect(context, stack);
  const { stackCare } = servicesOf(context, stack);
  const [drifts, resources] = await Promise.all([
    stackCare.drifts(stack.stackName, context),
    stackCare.resources(stack.stackName, context),
  ]);
  const sorted = drifts.map((drift) => sortedOut(stack.name, drift));
  return {
    drifts: sorted.flatMap(({ real }) => real),
    noise: sorted.flatMap(({ noise }) => noise),
    notCompared: resources
      .filter(({ drift }) => drift === 'NOT_CHECKED')
      .map(({ logicalId }) => `${stack.name}/${logicalId}`),
    failed: reason === undefined ? [] : [{ stack: stack.name, reason }],
  };
}

/** Has CloudFormation compare a stack, and waits for it. Why not all of it could be compared; undefined where it could. */
async function detect(context: AwsContext, stack: PlatformStack): Promise<string | undefined> {
  const { stackCare } = servicesOf(context, stack);
  let id: string | undefined;
  for (;;) {
    id ??= await begin(context, stack);
    const done = id === undefined ? undefined : await stackCare.driftDone(id, context);
    if (done !== undefined)
      return done.isWhole ? undefined : (done.reason ?? 'CloudFormation gives no reason');
    await pause(context, pollMs);
  }
}

/** Undefined while somebody else compares it: their result may be older than the change that is looked for. */
async function begin(context: AwsContext, stack: PlatformStack): Promise<string | undefined> {
  try {
    return await servicesOf(context, stack).stackCare.detectDrift(stack.stackName, context);
  } catch (error) {
    if (error instanceof BuilderError && /already in progress/i.test(error.message)) return undefined;
    throw error;
  }
}

function sortedOut(
  stack: string,
  { logicalId, type, status, properties }: ResourceDrift,
): { real: DriftedResource[]; noise: PlatformDrift['noise'][number][] } {
  const resource = { resource: `${stack}/${logicalId}`, type };
  if (status === 'DELETED') return { real: [{ ...resource, status: 'deleted', properties: [] }], noise: [] };
  const told = properties.map((property) => ({ property, reason: noiseOf(type, property) }));
  const real = told.filter(({ reason }) => reason === undefined).map(({ property }) => property);
  return {
    real: real.length === 0 ? [] : [{ ...resource, status: 'modified', properties: real }],
    noise: told.flatMap(({ property, reason }) =>
      reason === undefined
        ? []
        : [{ ...resource, status: 'modified' as const, properties: [property], reason }],
    ),
  };
}
