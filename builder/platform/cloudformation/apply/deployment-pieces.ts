import type { PlatformStack } from '../../graph/platform.js';
import type { Ordered } from '../in-order.js';
import { needsDatabaseUser, makeDatabaseUser } from './database-user.js';
import { deployService } from './deploy-service.js';
import type { Deployment } from './deployment.js';
import { applyStack } from './apply-stack.js';
import { publishImage } from './publish-image.js';

/** One thing that a deployment does. */
export interface Piece extends Ordered {
  work(): Promise<unknown>;
}

/** Pieces that are no stacks are named in brackets. */
const push = '[push the image]';
const databaseUser = "[make the database's user]";

/**
 * All that a deployment does, each with what must be done before: the stacks of the graph; the push of the image between the
 * registry and what runs it; the database's user between database and service; and the door last, once something stands behind it.
 */
export function deploymentPieces(deployment: Deployment): Piece[] {
  const { view } = deployment;
  const pieces = view.stacks.map((stack) => stackPiece(stack, deployment));
  if (view.inputs.publish !== undefined)
    pieces.push({ name: push, dependsOn: ['registry'], work: () => publishImage(deployment) });
  if (needsDatabaseUser(view))
    pieces.push({
      name: databaseUser,
      dependsOn: ['tasks', 'cluster', 'instances', 'database', 'network', 'nat', 'endpoints', 'security'],
      work: () => makeDatabaseUser(deployment),
    });
  return pieces;
}

function stackPiece(stack: PlatformStack, deployment: Deployment): Piece {
  const work = stack.name === 'service' ? deployService : applyStack;
  return {
    name: stack.name,
    dependsOn: [...stack.dependsOn, ...furtherNeeds(stack, deployment)],
    work: () => work(stack.name, deployment),
  };
}

function furtherNeeds({ name }: PlatformStack, { view }: Deployment): string[] {
  const needs: string[] = [];
  // A repository that only others pull from must be there first; and nothing runs an image that is not.
  if (name === 'tasks' || name === 'service') needs.push(push);
  if (name === 'service' || name === 'rotation') needs.push(databaseUser);
  if (name === 'admission' && !reaches('service', name, view.stacks)) needs.push('service');
  return needs;
}

/** Whether a stack needs another one, directly or by others. */
function reaches(from: string, to: string, stacks: readonly PlatformStack[]): boolean {
  const needs = stacks.find(({ name }) => name === from)?.dependsOn ?? [];
  return needs.includes(to) || needs.some((one) => reaches(one, to, stacks));
}
