import { z } from 'zod';
import { digestOf } from '../../store/digest.js';
import type { Store } from '../../store/store.js';

const record = z.object({ repositories: z.array(z.string()) });
const remembered = 8;

/**
 * Where in a registry this machine pushed lately, the last first: images of one base share layers, which a registry can
 * mount from one repository into another.
 */
export function siblingRepositories(registry: string, store: Store): string[] {
  return record.safeParse(store.record('build', keyOf(registry))).data?.repositories ?? [];
}

export function rememberRepository(registry: string, repository: string, store: Store): void {
  const before = siblingRepositories(registry, store);
  if (before[0] === repository) return;
  const repositories = [repository, ...before.filter((one) => one !== repository)].slice(0, remembered);
  store.setRecord('build', keyOf(registry), { repositories });
}

function keyOf(registry: string): string {
  return `registry-pushed/${digestOf(registry).slice('sha256:'.length)}`;
}
