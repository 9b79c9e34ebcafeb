import type { Step, TaskResult } from '../plan/step.js';
import type { Json } from '../json.js';

/** Result fields about files and accounts that are no secret, because the image or the project shows them anyway. */
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
 * Returns the part of a step's result that may be cached. Of a step with `no_log`, only fields that reveal nothing.
 * Undefined if there are other fields and a later task may read them: such a step runs in every build.
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
