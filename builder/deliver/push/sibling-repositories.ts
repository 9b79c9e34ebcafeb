import { z } from 'zod';
import { digestOf } from '../../store/digest.js';
import { recordKind } from '../../store/record-kind.js';
import type { Store } from '../../store/store.js';

const pushes = recordKind('pushed', z.object({ repositories: z.array(z.string()) }));
const remembered = 8;

/**
 * Repositories of a registry to which this machine pushed recently, the latest first: images with the same base share layers,
 * which a registry can mount from one repository into another.
 */
export function siblingRepositories(registry: string, store: Store): string[] {
  return store.record(pushes, keyOf(registry))?.repositories ?? [];
}

export function rememberRepository(registry: string, repository: string, store: Store): void {
  const before = siblingRepositories(registry, store);
  if (before[0] === repository) return;
  const repositories = [repository, ...before.filter((one) => one !== repository)].slice(0, remembered);
  store.setRecord(pushes, keyOf(registry), { repositories });
}

function keyOf(registry: string): string {
  return digestOf(registry).slice('sha256:'.length);
}
