import { integer, list, moduleArgs, path } from '../args.js';
import { defineModule } from '../task-failure.js';

/** `setup` and `gather_facts`: gather nothing, as the facts of an image are known from the start. */
export const setup = defineModule({
  name: 'setup',
  version: 1,
  kind: 'control',
  args: moduleArgs({
    gather_subset: list.optional(),
    gather_timeout: integer.optional(),
    filter: list.optional(),
    fact_path: path.optional(),
  }),
  run: () => ({ changed: false, ansible_facts: {} }),
});
