import { join } from 'node:path';
import type { PreparedBase } from '../base/made-base.js';
import type { BuildContext } from '../context.js';
import type { StepRunner } from '../plan/step.js';
import type { VaultSource } from '../playbook/vault/vault-password.js';
import type { InventoryChoice } from '../playbook/inventory/host-variables.js';
import { runPlaybook } from '../playbook/run-playbook.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { VariableValues } from '../spec/variable-values.js';
import { digestOf } from '../store/digest.js';
import { StoredMemo } from '../store/memo.js';
import type { Store } from '../store/store.js';

/** Which tasks run. */
export interface TagChoice {
  /** Run tasks with one of these tags; all tasks if empty. */
  readonly onlyTags?: readonly string[] | undefined;
  /** Skip tasks with one of these tags. */
  readonly skipTags?: readonly string[] | undefined;
}

/** Whether tags omit tasks: then the image is not the one that the spec describes. */
export function isPartial({ onlyTags = [], skipTags = [] }: TagChoice): boolean {
  return onlyTags.length > 0 || skipTags.length > 0;
}

/** A playbook, its root, and the variables of its tasks. */
export interface PlayToRun extends TagChoice {
  /** The image's folder below `images/`. */
  readonly image: string;
  readonly spec: ImageSpec;
  readonly base: PreparedBase;
  readonly variables: VariableValues;
  readonly store: Store;
  readonly context: BuildContext;
  /** Sources of the passwords of ansible-vault. */
  readonly vault?: readonly VaultSource[] | undefined;
}

/** Plays an image's playbook; returns the memo of the project's files, to be saved if the build succeeds. @throws SpecError, StepError */
export async function playPlaybook(
  runner: StepRunner,
  { image, spec, base, variables, store, context, vault, onlyTags = [], skipTags = [] }: PlayToRun,
): Promise<StoredMemo | undefined> {
  const { projectFolder, environment, reporter } = context;
  const memo = openMemo(image, context, store);
  await runPlaybook(join(projectFolder, 'playbooks', spec.playbook), {
    projectFolder,
    variables: variables.defaults,
    extraVariables: variables.given,
    facts: base.facts,
    inventory: inventoryOf(spec, projectFolder),
    environment,
    tags: onlyTags,
    skipTags,
    timeoutSeconds: spec.steps.timeoutSeconds,
    runner,
    vault,
    memo,
    onMessage: (text) => reporter.report({ kind: 'message', text }),
  });
  return memo;
}

function inventoryOf({ name, inventory }: ImageSpec, projectFolder: string): InventoryChoice {
  const { path, host, groups } = inventory;
  const absolute = path === undefined ? undefined : join(projectFolder, path);
  return { host: host ?? name, named: host !== undefined, groups, path: absolute };
}

/** The memo of this project's files for this version of the program. */
function openMemo(
  image: string,
  { projectFolder, program }: BuildContext,
  store: Store,
): StoredMemo | undefined {
  if (program === undefined) return undefined;
  const key = digestOf(JSON.stringify([program, projectFolder, image]));
  return new StoredMemo(store, key.slice('sha256:'.length));
}
