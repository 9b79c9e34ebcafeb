import { BuilderError, StepError } from '../errors.js';
import type { StepRunner } from '../plan/step.js';
import type { Memo } from '../store/memo.js';
import { childFrame } from './task/frame.js';
import { HostFiles } from './parse/host-files.js';
import { Importer } from './walk/imports.js';
import { Templar } from '../jinja/templar.js';
import { type LoadedPlay, loadPlaybook } from './parse/load-playbook.js';
import { RoleLoader, roleFolders } from './parse/load-role.js';
import { Sources } from './parse/load-source.js';
import type { Variables } from './parse/play.js';
import { failureText, outputOf, timedOut } from './task/results.js';
import { timeoutHint } from './task/step-limits.js';
import { RefusalError } from './refusal-error.js';
import { Vault } from './vault/vault.js';
import type { VaultSource } from './vault/vault-password.js';
import { TaskFailed } from './walk/task-failed.js';
import { TaskFiles, type TaskPlace } from './task/task-files.js';
import { type TaskEvent, TaskRunner, unwrapRunFailure } from './walk/task-runner.js';
import { TaskScope } from './task/task-scope.js';
import { type InventoryChoice, hostVariables } from './inventory/host-variables.js';
import { type GivenVariables, VariableStore } from './task/variable-store.js';
import { type ActionPlace, findAction } from './walk/walker-actions.js';
import { Walker } from './walk/walker.js';
import type { Environment } from '../environment.js';

export interface PlaybookOptions {
  /** Absolute path of the project, the base of names in messages and of step ids. */
  readonly projectFolder: string;
  /** The image spec's variables. */
  readonly variables?: Variables;
  /** `--var`: they win over all others. */
  readonly extraVariables?: Variables;
  /** Facts of the image, with or without "ansible_" before their names. */
  readonly facts?: Variables;
  /** The image's host and inventory; default: "image", in no group. */
  readonly inventory?: InventoryChoice;
  /** For lookup('env'); default: empty. */
  readonly environment?: Environment;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** Sources of the passwords of `ansible-vault`. */
  readonly vault?: readonly VaultSource[] | undefined;
  /** Limit for the commands of a task without `timeout`; 0 is no limit. */
  readonly timeoutSeconds?: number | undefined;
  /** Results that earlier runs of this program computed from the same contents. */
  readonly memo?: Memo | undefined;
  readonly runner: StepRunner;
  /** Called after every task, skipped ones too. */
  onTask?(event: TaskEvent): void;
  /** Called with the output of `debug`. */
  onMessage?(text: string): void;
}

/**
 * Runs a playbook: turns its tasks into steps, and passes them to `options.runner` in order.
 * @param playbook absolute path of its file
 * @throws SpecError if a file is wrong, before anything runs
 * @throws StepError if a task fails and nothing rescues it
 */
export async function runPlaybook(playbook: string, options: PlaybookOptions): Promise<void> {
  const host = new HostFiles(options.projectFolder, options.memo, new Vault(options.vault ?? []));
  const sources = new Sources(host);
  const roles = new RoleLoader(sources, roleFolders(playbook));
  const plays = loadPlaybook(playbook, sources, roles);
  const place: TaskPlace = { host, playbook, environment: options.environment ?? {} };
  const store = new VariableStore(givenVariables(options, sources, playbook));
  const importer = new Importer(sources, roles);
  const actions: ActionPlace = { sources, importer, walker: () => walker };
  const tasks = new TaskRunner({
    store,
    place,
    runner: options.runner,
    timeoutSeconds: options.timeoutSeconds,
    findAction: (name) => findAction(name, actions),
    onTask: (event) => options.onTask?.(event),
    onMessage: (text) => options.onMessage?.(text),
  });
  const tags = { only: options.tags ?? [], skip: options.skipTags ?? [] };
  let walker = new Walker({ store, tasks, importer, tags });
  for (const loaded of plays) {
    store.startPlay(loaded.play, loaded.roles);
    walker = new Walker({ store, tasks, importer, tags });
    try {
      loadVarsFiles(loaded, { store, sources, place });
      await walker.walkPlay(loaded);
    } catch (error) {
      throw asUserError(error);
    }
  }
}

function givenVariables(options: PlaybookOptions, sources: Sources, playbook: string): GivenVariables {
  const choice = options.inventory ?? { host: 'image', named: false, groups: [] };
  const { groupVariables, hostVariables: own, groupNames, groups } = hostVariables(choice, playbook, sources);
  return {
    // Variables of the spec rank between those of groups and of the host.
    inventory: { ...groupVariables, ...options.variables, ...own },
    hostName: choice.host,
    groupNames,
    groups,
    extra: options.extraVariables ?? {},
    facts: options.facts ?? {},
    runTags: options.tags ?? [],
    skipTags: options.skipTags ?? [],
  };
}

/** Reads `vars_files`: names, or lists of names of which the first existing file counts. */
function loadVarsFiles(
  { play }: LoadedPlay,
  { store, sources, place }: { store: VariableStore; sources: Sources; place: TaskPlace },
): void {
  const top = {
    parent: undefined,
    directives: play,
    role: undefined,
    path: play.path,
    handsDown: 'keywords',
    includeParams: undefined,
  } as const;
  const frame = childFrame(top, { ...play, vars: {} });
  const files = new TaskFiles(frame, place);
  const loaded: Variables[] = [];
  for (const entry of play.varsFiles) {
    const templar = new Templar(new TaskScope(store.layers(frame)), files);
    const names = (Array.isArray(entry) ? entry : [entry]).map((name) => String(templar.template(name)));
    const found = names.map((name) => files.find('vars', name)).find((path) => path !== undefined);
    if (found === undefined)
      throw new BuilderError(`There is no file of variables ${names.join(' or ')}`, {
        code: 'invalid',
        origin: play.origin,
      });
    loaded.push(sources.variables(found));
    store.setVarsFiles(loaded);
  }
}

/** Turns a failed task into an error for users; other errors pass unchanged. */
function asUserError(error: unknown): unknown {
  if (!(error instanceof TaskFailed)) return unwrapRunFailure(error);
  const cause = error.cause instanceof BuilderError ? error.cause : undefined;
  const hidden = error.secret && !(cause instanceof RefusalError);
  const text = hidden
    ? 'its output is hidden by no_log, or because it uses what ansible-vault encrypted'
    : failureText(error.result);
  // The hint may contain the secret value.
  const hint = hidden ? undefined : (cause?.hint ?? (timedOut(error.result) ? timeoutHint : undefined));
  if (cause?.code === 'invalid')
    return new BuilderError(text, {
      code: 'invalid',
      origin: cause.origin ?? error.origin,
      hint,
      cause,
    });
  const output = outputOf(error.result);
  return new StepError(`"${error.step}" failed: ${text}`, {
    step: error.step,
    origin: cause?.origin ?? error.origin,
    hint,
    output: hidden && output !== undefined ? '' : output,
    cause,
  });
}
