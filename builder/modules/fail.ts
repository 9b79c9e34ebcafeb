import { z } from 'zod';
import { moduleArgs } from './args.js';
import { defineModule } from './task-failure.js';

/** `fail`: fails with a message. */
export const fail = defineModule({
  name: 'fail',
  version: 1,
  kind: 'control',
  args: moduleArgs({ msg: z.json().default('Failed as requested from task') }),
  // The message may be of any type, as in Ansible.
  run: ({ msg }) => ({ changed: false, failed: true, msg: msg as string }),
});
