import type { Step, TaskResult } from '../plan/step.js';
import type { Json } from '../json.js';

/** What modules say of files and accounts, by name, and that is in the image or the project for all to see. */
const harmless: ReadonlySet<string> = new Set([
  'path',
  'src',
  'dest',
  'mode',
  'owner',
  'group',
  'state',
  'uid',
  'gid',
  'size',
  'checksum',
  'md5sum',
  'name',
  'home',
  'shell',
  'groups',
  'rc',
]);

/**
 * A step's result as it may stand in the cache. Of one that `no_log` hides only what is known to tell nothing; undefined
 * where that is not all and a later task may look at the rest: such a step runs in every build.
 */
export function resultToKeep(step: Step, result: TaskResult): TaskResult | undefined {
  if (!step.secret) return result;
  const all = Object.entries(result);
  const kept = all.filter(([name, value]) => tellsNothing(name, value));
  if (step.registered === true && kept.length < all.length) return undefined;
  return { changed: result.changed, ...Object.fromEntries(kept) };
}

function tellsNothing(name: string, value: Json | undefined): boolean {
  if (typeof value === 'boolean' || value === null || value === undefined || value === '') return true;
  return harmless.has(name);
}
