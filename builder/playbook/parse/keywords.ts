import { nearestName } from '../../nearest-name.js';

/** `ignored`: allowed, but without effect on an image. `instead`: refused, with the alternative to suggest. */
export type KeywordRule = 'used' | 'ignored' | { readonly instead: string };

export type KeywordHolder = 'play' | 'role' | 'block' | 'task';

const used = 'used';
const ignored = 'ignored';

const everywhere: Readonly<Record<string, KeywordRule>> = {
  name: used,
  when: used,
  tags: used,
  vars: used,
  environment: used,
  become: used,
  become_user: used,
  become_method: ignored,
  become_flags: ignored,
  become_exe: ignored,
  no_log: used,
  ignore_errors: used,
  ignore_unreachable: ignored,
  check_mode: used,
  diff: ignored,
  any_errors_fatal: ignored,
  run_once: ignored,
  throttle: ignored,
  timeout: used,
  connection: ignored,
  remote_user: ignored,
  port: ignored,
  collections: ignored,
  debugger: ignored,
  module_defaults: used,
};

const delegation: Readonly<Record<string, KeywordRule>> = { delegate_to: used, delegate_facts: ignored };

const rules: Readonly<Record<KeywordHolder, Readonly<Record<string, KeywordRule>>>> = {
  play: {
    ...everywhere,
    hosts: ignored,
    gather_facts: ignored,
    gather_subset: ignored,
    gather_timeout: ignored,
    fact_path: ignored,
    serial: ignored,
    strategy: ignored,
    order: ignored,
    max_fail_percentage: ignored,
    vars_files: used,
    roles: used,
    pre_tasks: used,
    tasks: used,
    post_tasks: used,
    handlers: used,
    force_handlers: used,
    vars_prompt: { instead: 'declare a variable in the image spec and give it with --var' },
    import_playbook: { instead: 'put the plays into one file, or share a role' },
  },
  role: { ...everywhere, ...delegation, role: used },
  block: { ...everywhere, ...delegation, notify: used, block: used, rescue: used, always: used },
  task: {
    ...everywhere,
    ...delegation,
    action: used,
    args: used,
    loop: used,
    loop_control: used,
    register: used,
    notify: used,
    listen: used,
    changed_when: used,
    failed_when: used,
    until: used,
    retries: used,
    delay: used,
    async: { instead: 'leave it out: a build waits for every task' },
    poll: { instead: 'leave it out: a build waits for every task' },
    local_action: { instead: 'a task that runs in the image; files of this machine are found without it' },
    static: { instead: 'import_tasks or include_tasks' },
  },
};

/** How a keyword is treated in this place; undefined if it is none. */
export function keywordRule(holder: KeywordHolder, keyword: string): KeywordRule | undefined {
  return Object.hasOwn(rules[holder], keyword) ? rules[holder][keyword] : undefined;
}

/** A hint with the nearest known name; `more` are other allowed names. */
export function keywordHint(holder: KeywordHolder, keyword: string, more: Iterable<string> = []): string {
  const near = nearestName(keyword, [...Object.keys(rules[holder]), ...more]);
  return near === undefined
    ? `It is neither a keyword of a ${holder} nor a module.`
    : `Did you mean "${near}"?`;
}
