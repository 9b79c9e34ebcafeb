import { NoCredentialsError } from '../../aws/aws-error.js';
import type { Stack } from '../../aws/cloudformation/stack.js';
import type { PlatformStack } from '../graph/platform.js';
import { resolvePlatform } from '../graph/resolve-platform.js';
import type { PlatformWish } from '../driver.js';
import { requireAccount } from './aws-account.js';
import type { AwsContext } from './aws-context.js';
import { forgottenStacks, stackThere, unwantedStack } from './former-stacks.js';
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
  const candidates = others.flatMap((one) => unwantedStack(context, one));
  const known = [...wanted, ...candidates];
  const isKnown = await isAccountKnown(context);
  const [found, strangers] = isKnown
    ? await Promise.all([stacksThere(context, known), forgottenStacks(context, known)])
    : [[], { stacks: [], notes: [] }];
  const there = new Map([
    ...found,
    ...strangers.stacks.map(({ stack, there }) => [stack.name, there] as const),
  ]);
  const inputs = await resolveInputs(wish, { context, there, isKnown });
  return {
    isKnown,
    stacks: resolvePlatform(platform, { name, environment: spec, inputs: inputs.values }),
    there,
    outputs: new Map([...there].map(([one, stack]) => [one, stack.outputs])),
    obsolete: [
      ...candidates.filter((stack) => there.has(stack.name)),
      ...strangers.stacks.map(({ stack }) => stack),
    ],
    inputs,
    notes: [...(isKnown ? [] : [noCredentials]), ...strangers.notes, ...inputs.notes],
  };
}

const noCredentials =
  'There are no AWS credentials: this plan is made from the templates, as for a new platform.';

function scaled(spec: AwsContext['spec'], scale: number | undefined): AwsContext['spec'] {
  if (scale === undefined) return spec;
  const { service } = spec;
  return { ...spec, service: { ...service, minimum: scale, maximum: Math.max(scale, service.maximum) } };
}

/** False where there are no credentials to ask with. @throws BuilderError where they are another account's */
async function isAccountKnown(context: AwsContext): Promise<boolean> {
  try {
    await requireAccount(context);
    return true;
  } catch (error) {
    if (error instanceof NoCredentialsError) return false;
    throw error;
  }
}

async function stacksThere(
  context: AwsContext,
  stacks: readonly PlatformStack[],
): Promise<[string, Stack][]> {
  const found = await Promise.all(
    stacks.map(async (stack): Promise<[string, Stack][]> => {
      const there = await stackThere(context, stack);
      return there === undefined ? [] : [[stack.name, there]];
    }),
  );
  return found.flat();
}
