import type { Fragment } from '../plan/fragment.js';
import { RootTree } from '../plan/root-tree.js';
import type { Json } from '../json.js';
import { distributionFacts } from './distribution-facts.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { Store } from '../store/store.js';

/** Facts of the image, named as in Ansible without "ansible_". */
export type Facts = Record<string, Json>;

const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** The facts that Ansible's `setup` would gather in a container of the base, except those about the host. */
export function readFacts(base: Fragment, { store, spec }: { store: Store; spec: ImageSpec }): Facts {
  const root = new RootTree(store, spec.epoch);
  root.apply(base.entries());
  return {
    ...architectureFacts(spec.platform),
    system: 'Linux',
    ...distributionFacts(root),
    service_mgr: 's6',
    processor_vcpus: 1,
    hostname: 'image',
    nodename: 'image',
    fqdn: 'image',
    user_id: 'root',
    virtualization_type: 'container',
    env: {
      HOME: '/root',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
    },
  };
}

function architectureFacts(platform: string): Facts {
  const architecture = platform.split('/')[1] ?? '';
  const machine = machines[architecture] ?? architecture;
  return { architecture: machine, machine };
}
