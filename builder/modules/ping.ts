import { moduleArgs, text } from './args.js';
import { defineModule } from './task-failure.js';

/** `ping`: returns `data`. */
export const ping = defineModule<{ data: string }>({
  name: 'ping',
  version: 1,
  kind: 'control',
  args: moduleArgs({ data: text.default('pong') }),
  run: ({ data }) => ({ changed: false, ping: data }),
});
