import { moduleArgs, text } from './args.js';
import { defineModule, TaskFailure } from './task-failure.js';

/** `fail`: ends the play with a message. */
export const fail = defineModule<{ msg: string }>({
  name: 'fail',
  version: 1,
  kind: 'control',
  args: moduleArgs({ msg: text.default('Failed as requested from task') }),
  run({ msg }) {
    throw new TaskFailure(msg);
  },
});
