import { choice, list, moduleArgs } from '../args.js';
import { dpkgStatus } from '../apt/dpkg-status.js';
import type { Json } from '../../json.js';
import { defineModule } from '../task-failure.js';

/** `package_facts`: the installed packages, by name (ansible/modules/package_facts.py). */
export const packageFacts = defineModule({
  name: 'package_facts',
  version: 1,
  kind: 'file',
  args: moduleArgs({
    manager: list.default(['auto']),
    strategy: choice('first', 'all').default('first'),
  }),
  run: (_args, { root }) => {
    const packages: Record<string, Json[]> = {};
    for (const { name, version, architecture, state } of dpkgStatus(root))
      if (state === 'installed')
        (packages[name] ??= []).push({ name, version, arch: architecture, source: 'apt' });
    return { changed: false, ansible_facts: { packages } };
  },
});
