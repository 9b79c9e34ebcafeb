import { NoCredentialsError } from '../../aws/aws-error.js';
import type { Stack } from '../../aws/cloudformation/stack.js';
import type { PlatformStack } from '../graph/platform.js';
import { resolvePlatform } from '../graph/resolve-platform.js';
import type { PlatformWish } from '../driver.js';
import { requireAccount, servicesOf } from './aws-account.js';
import type { AwsContext } from './aws-context.js';
import { type DeploymentInputs, resolveInputs } from './inputs/resolve-inputs.js';
import type { StackOutputs } from './stack-parameters.js';

/** A platform as it is and as it is wanted. */
export interface PlatformView {
  /** Whether AWS could be asked; else all is as if nothing were there. */
  readonly isKnown: boolean;
  /** What is wanted, each after those that it needs. */
  readonly stacks: readonly PlatformStack[];
  /** The stacks that are there, by their names in the graph. */
  readonly there: ReadonlyMap<string, Stack>;
  readonly outputs: StackOutputs;
  /** Stacks of this environment that are there, and that it has no more. */
  readonly obsolete: readonly PlatformStack[];
  readonly inputs: DeploymentInputs;
  readonly notes: readonly string[];
}

/** Looks at all stacks of an environment; without credentials, at the templates alone. @throws BuilderError, SpecError */
export async function viewPlatform(context: AwsContext, wish: PlatformWish = {}): Promise<PlatformView> {
  const { platform, name } = context;
  const spec = scaled(context.spec, wish.scale);
  const wanted = resolvePlatform(platform, { name, environment: spec });
  const names = new Set(wanted.map((stack) => stack.name));
  const others = Object.keys(platform.stacks).filter((one) => !names.has(one));
  const candidates = others.flatMap((one) => formerStack(context, one));
  const found = await stacksThere(context, [...wanted, ...candidates]);
  const there = found ?? new Map<string, Stack>();
  const inputs = await resolveInputs(wish, { context, there, isKnown: found !== undefined });
  return {
    isKnown: found !== undefined,
    stacks: resolvePlatform(platform, { name, environment: spec, inputs: inputs.values }),
    there,
    outputs: new Map([...there].map(([one, stack]) => [one, stack.outputs])),
    obsolete: candidates.filter((stack) => there.has(stack.name)),
    inputs,
    notes: [...(found === undefined ? [noCredentials] : []), ...inputs.notes],
  };
}

const noCredentials =
  'There are no AWS credentials: this plan is made from the templates, as for a new platform.';

function scaled(spec: AwsContext['spec'], scale: number | undefined): AwsContext['spec'] {
  if (scale === undefined) return spec;
  const { service } = spec;
  return { ...spec, service: { ...service, minimum: scale, maximum: Math.max(scale, service.maximum) } };
}

/** The stacks that are there; undefined where there are no credentials to ask with. */
async function stacksThere(
  context: AwsContext,
  stacks: readonly PlatformStack[],
): Promise<Map<string, Stack> | undefined> {
  try {
    await requireAccount(context);
  } catch (error) {
    if (error instanceof NoCredentialsError) return undefined;
    throw error;
  }
  const { signal } = context;
  const found = await Promise.all(
    stacks.map(async (stack): Promise<[string, Stack][]> => {
      const there = await servicesOf(context, stack).cloudformation.stack(stack.stackName, { signal });
      return there === undefined || there.status === 'REVIEW_IN_PROGRESS' ? [] : [[stack.name, there]];
    }),
  );
  return new Map(found.flat());
}

/** A stack as an environment may have had it: of the account's, others may still need them. */
function formerStack({ platform, name, spec }: AwsContext, stack: string): PlatformStack[] {
  const entry = platform.stacks[stack];
  if (entry === undefined || entry.scope === 'account') return [];
  const region = entry.region === undefined ? spec.region : entry.region;
  if (region === undefined || region.includes('${')) return [];
  return [
    {
      name: stack,
      stackName: `${platform.name}-${name}-${stack}`,
      scope: entry.scope,
      region,
      file: entry.definition.source.file,
      template: entry.definition,
      parameters: {},
      dependsOn: entry.after,
    },
  ];
}
