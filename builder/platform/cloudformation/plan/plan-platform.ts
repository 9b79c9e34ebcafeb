import type { Change, PlatformPlan } from '../../change.js';
import type { PlatformWish } from '../../driver.js';
import { checkPolicy } from '../../policy/check-policy.js';
import type { AwsContext } from '../aws-context.js';
import { type PlatformView, viewPlatform } from '../platform-view.js';
import { plannedCreation } from './plan-creation.js';
import { plannedDeletion } from './plan-deletion.js';
import { plannedCost } from './planned-cost.js';
import { planUpdate } from './plan-update.js';
import { refuseRemovals } from './refuse-removals.js';

/** What `apply` would do; makes nothing and leaves nothing. Without credentials, from the templates alone. @throws BuilderError, SpecError */
export async function planPlatform(context: AwsContext, wish: PlatformWish): Promise<PlatformPlan> {
  return planView(context, await viewPlatform(context, wish));
}

/** As `planPlatform`, of a platform that was looked at. */
export async function planView(context: AwsContext, view: PlatformView): Promise<PlatformPlan> {
  refuseRemovals(context, view);
  const notes = [...view.notes];
  const planned = await Promise.all(
    view.stacks.map(async (stack): Promise<readonly Change[]> => {
      const there = view.there.get(stack.name);
      return there === undefined ? plannedCreation(stack) : planUpdate(context, { stack, there, view });
    }),
  );
  const removed = view.obsolete.flatMap((stack) => plannedDeletion(stack));
  return {
    environment: context.name,
    changes: [...planned.flat(), ...removed],
    notes,
    warnings: warningsOf(context.spec),
    cost: plannedCost(view, context.spec, context.prices()),
    findings: findingsOf(context, view),
  };
}

function warningsOf({ edge, file }: AwsContext['spec']): string[] {
  if (!edge.plainHttp) return [];
  return [
    `${file} has edge.plainHttp: passwords, sessions and pages are sent without encryption, and anybody on their way can read and change them`,
  ];
}

/** What of the platform does not pass the rules, and nobody gave a reason for. */
function findingsOf({ spec }: AwsContext, { stacks }: PlatformView): string[] {
  return checkPolicy(stacks, spec)
    .filter(({ waived }) => waived === undefined)
    .map(({ rule, title, stack, resource }) => `${rule}: ${title} (${stack}/${resource})`);
}
