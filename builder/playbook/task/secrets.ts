import { holdsSealed } from '../../jinja/python/sealed-text.js';
import type { Vault } from '../vault/vault.js';
import { type TaskContext, flagSetting } from './task-context.js';
import type { TaskScope } from './task-scope.js';

/** Whether to hide a task's output and results: it has `no_log`, or it read something encrypted. */
export function isSecret(context: TaskContext): boolean {
  return flagSetting(context, 'no_log') || readsSecrets(context);
}

/** Whether anything that the task read so far was encrypted by ansible-vault. */
export function readsSecrets({ scope, files, frame }: TaskContext): boolean {
  const { host, read } = files;
  if (!host.vault.inUse) return false;
  return (
    host.isEncrypted(frame.path) ||
    [...read].some((path) => host.isEncrypted(path)) ||
    scopeReadsSecrets(scope, host.vault)
  );
}

function scopeReadsSecrets(scope: TaskScope, vault: Vault): boolean {
  for (const [name, value] of scope.read) if (vault.isSecret(name) || isSealed(value)) return true;
  return scope.outer !== undefined && scopeReadsSecrets(scope.outer, vault);
}

const sealed = new WeakMap<object, boolean>();

function isSealed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const known = sealed.get(value) ?? holdsSealed(value);
  sealed.set(value, known);
  return known;
}
