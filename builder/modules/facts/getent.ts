import type { z } from 'zod';
import { choice, flag, moduleArgs, text } from '../args.js';
import type { Json } from '../../json.js';
import type { TaskResult } from '../../plan/step.js';
import type { ModuleContext } from '../module.js';
import { readTable } from '../root/accounts.js';
import { defineModule, TaskFailure } from '../task-failure.js';

const args = moduleArgs({
  database: choice('passwd', 'group', 'shadow', 'gshadow'),
  key: text.optional(),
  split: text.optional(),
  service: text.optional(),
  fail_key: flag.default(true),
});

type GetentArgs = z.output<typeof args>;

/** `getent`: lines of /etc/passwd and similar files of the image as facts (ansible/modules/getent.py). */
export const getent = defineModule<GetentArgs>({
  name: 'getent',
  version: 1,
  kind: 'file',
  args,
  run: runGetent,
});

function runGetent({ database, key, fail_key }: GetentArgs, { root }: ModuleContext): TaskResult {
  const lines = readTable(root, `/etc/${database}`).filter(
    ([name, , id]) => key === undefined || name === key || (id === key && database !== 'shadow'),
  );
  const fact = `getent_${database}`;
  if (lines.length === 0 && key !== undefined) {
    const msg = 'One or more supplied key could not be found in the database.';
    if (fail_key) throw new TaskFailure(msg);
    return { changed: false, msg, ansible_facts: { [fact]: { [key]: null } } };
  }
  const found: Record<string, Json> = {};
  for (const [name = '', ...fields] of lines) found[name] = fields;
  return { changed: false, ansible_facts: { [fact]: found } };
}
