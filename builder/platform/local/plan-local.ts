import type { Change } from '../change.js';
import type { PlatformWish } from '../driver.js';
import { definitionDifference } from './definition-difference.js';
import type { FoundPlatform } from './found-platform.js';
import type { LocalContext } from './local-context.js';
import { labels } from './platform-names.js';
import { serviceName } from './service/service-task.js';
import type { WantedPart, WantedPlatform } from './wanted-platform.js';

/** What is to be done to the service. */
export interface ServicePlan {
  readonly desired: number;
  /** Another definition than that which runs is to be deployed. */
  readonly isDeployment: boolean;
  readonly change: Change;
}

export interface LocalPlan {
  readonly changes: readonly Change[];
  readonly service: ServicePlan;
}

/** Compares what should be with what is; touches nothing. */
export function planLocal(
  context: LocalContext,
  { wanted, found, wish }: { wanted: WantedPlatform; found: FoundPlatform; wish: PlatformWish },
): LocalPlan {
  const { names } = context;
  const service = planService(wanted, found, { wish, minimum: context.spec.service.minimum });
  const wantedNames = new Set<string>(wanted.parts.map(({ part }) => part.name));
  return {
    changes: [
      {
        part: 'network',
        type: 'network',
        action: found.network === undefined ? 'create' : 'none',
        reasons: [],
      },
      ...Object.keys(wanted.volumes).map((volume): Change => ({
        part: volume.slice(names.of('').length),
        type: 'volume',
        action: found.volumes.includes(volume) ? 'none' : 'create',
        reasons: [],
      })),
      ...wanted.parts.map((part) => planPart(part, found, names.network)),
      ...Object.keys(found.parts)
        .filter((part) => !wantedNames.has(part))
        .map((part): Change => ({
          part,
          type: 'container',
          action: 'remove',
          reasons: ['not wanted any more'],
        })),
      service.change,
    ],
    service,
  };
}

function planPart({ part, definition }: WantedPart, found: FoundPlatform, network: string): Change {
  const facts = found.parts[part.name];
  const change = { part: part.name, type: 'container' };
  if (facts === undefined) return { ...change, action: 'create', reasons: [] };
  // Who made it was interrupted, perhaps before it had its secrets.
  if (facts.state === 'created') return { ...change, action: 'create', reasons: ['it never started'] };
  const reasons = definitionDifference(facts.labels[labels.definition], definition);
  if (reasons.length > 0) return { ...change, action: 'replace', reasons };
  // Somebody disconnected it, or the network went while it was stopped.
  if (facts.state === 'running' && (facts.addresses[network] ?? '') === '')
    return { ...change, action: 'replace', reasons: ['it is not on the network any more'] };
  if (facts.state === 'running') return { ...change, action: 'none', reasons: [] };
  return { ...change, action: 'start', reasons: [`it is ${facts.state} (exit code ${facts.exitCode})`] };
}

function planService(
  { service }: WantedPlatform,
  { tasks, records }: FoundPlatform,
  { wish, minimum }: { wish: PlatformWish; minimum: number },
): ServicePlan {
  const running = records.find(({ outcome }) => outcome === 'completed');
  const desired = wish.scale ?? running?.desired ?? minimum;
  const right = tasks.filter((task) => task.definition === service.definition && task.runs);
  const difference = definitionDifference(running?.definition, service.definition);
  const isDeployment = running === undefined || difference.length > 0;
  const lost = isDeployment ? 0 : Math.max(0, Math.min(desired, running.desired) - right.length);
  const reasons = [
    ...(running !== undefined ? difference : []),
    ...(running !== undefined && running.desired !== desired
      ? [`scale ${running.desired} → ${desired}`]
      : []),
    ...(lost > 0 ? [`${lost} of ${desired} do not run`] : []),
    ...(!isDeployment && tasks.length > right.length && lost === 0
      ? ['tasks of an unfinished deployment']
      : []),
  ];
  const isRight = !isDeployment && reasons.length === 0;
  const action = running === undefined ? 'create' : isRight ? 'none' : 'update';
  return { desired, isDeployment, change: { part: serviceName, type: 'service', action, reasons } };
}
