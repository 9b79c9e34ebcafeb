import { isDenied } from '../../aws/aws-error.js';
import type { Stack } from '../../aws/cloudformation/stack.js';
import { BuilderError, SpecError } from '../../errors.js';
import type { PlatformStack } from '../graph/platform.js';
import { parseTemplate } from '../template/read-template.js';
import type { Template } from '../template/template.js';
import { servicesOf } from './aws-account.js';
import type { AwsContext } from './aws-context.js';

/** A stack as an environment may have had it, which wants it no more; those of the account, others may still need. */
export function unwantedStack(context: AwsContext, name: string): PlatformStack[] {
  const { platform, spec } = context;
  const entry = platform.stacks[name];
  if (entry === undefined || entry.scope === 'account') return [];
  const region = entry.region === undefined ? spec.region : entry.region;
  if (region === undefined || region.includes('${')) return [];
  return [
    {
      name,
      stackName: `${prefixOf(context)}${name}`,
      scope: entry.scope,
      region,
      file: entry.definition.source.file,
      template: entry.definition,
      parameters: {},
      dependsOn: entry.after,
    },
  ];
}

/** A stack that is there; undefined also of one that was only compared. */
export async function stackThere(context: AwsContext, stack: Place): Promise<Stack | undefined> {
  const there = await servicesOf(context, stack).cloudformation.stack(stack.stackName, context);
  return there?.status === 'REVIEW_IN_PROGRESS' ? undefined : there;
}

type Place = Pick<PlatformStack, 'name' | 'stackName' | 'region'>;

interface Forgotten {
  readonly stacks: readonly { readonly stack: PlatformStack; readonly there: Stack }[];
  readonly notes: readonly string[];
}

/**
 * Stacks that carry an environment's name and tag, and that the graph knows nothing of any more. Their templates are those that
 * CloudFormation has. They come after all others, the newest last: they may use what those made.
 */
export async function forgottenStacks(
  context: AwsContext,
  known: readonly PlatformStack[],
): Promise<Forgotten> {
  const names = new Set(known.map(({ stackName }) => stackName));
  const regions = new Set(known.flatMap(({ region, scope }) => (scope === 'environment' && region) || []));
  try {
    const found = await Promise.all([...regions].map((region) => inRegion(context, region, names)));
    const byAge = found.flat().toSorted((a, b) => timeOf(a.there) - timeOf(b.there));
    const stacks = byAge.map(({ stack, there }, index) => {
      const older = [...known, ...byAge.slice(0, index).map((one) => one.stack)];
      return { stack: { ...stack, dependsOn: older.map(({ name }) => name) }, there };
    });
    return { stacks, notes: [] };
  } catch (error) {
    if (error instanceof BuilderError && isDenied(error)) return { stacks: [], notes: [mayNotList] };
    throw error;
  }
}

const mayNotList =
  'Stacks that platform.yaml has no more were not looked for: AWS does not allow cloudformation:ListStacks.';

async function inRegion(context: AwsContext, region: string, known: ReadonlySet<string>) {
  const prefix = prefixOf(context);
  const { cloudformation } = servicesOf(context, { name: 'service', region });
  const names = await cloudformation.names(prefix, context);
  const found = await Promise.all(
    names
      .filter((stackName) => !known.has(stackName))
      .map(async (stackName) => {
        const place = { name: stackName.slice(prefix.length), stackName, region };
        const there = await stackThere(context, place);
        // "platen-dev-two-network" begins as the stacks of "dev" do, and is of "dev-two".
        if (there?.tags?.['platen:environment'] !== context.name) return [];
        const template = await templateOf(context, place);
        const stack: PlatformStack = {
          ...place,
          scope: 'environment',
          file: stackName,
          template,
          parameters: {},
          dependsOn: [],
        };
        return [{ stack, there }];
      }),
  );
  return found.flat();
}

/** The template that a stack has; where it is not in the form of ours, its resources by their types alone. */
async function templateOf(context: AwsContext, place: Place): Promise<Template> {
  const { stackCare } = servicesOf(context, place);
  try {
    return parseTemplate(await stackCare.template(place.stackName, context), place.stackName);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const resources = await stackCare.resources(place.stackName, context);
    const byType = resources.map(({ logicalId, type }) => [logicalId, { Type: type }]);
    return parseTemplate(JSON.stringify({ Resources: Object.fromEntries(byType) }), place.stackName);
  }
}

function timeOf({ createdAt }: Stack): number {
  return createdAt?.getTime() ?? 0;
}

function prefixOf({ platform, name }: Pick<AwsContext, 'platform' | 'name'>): string {
  return `${platform.name}-${name}-`;
}
