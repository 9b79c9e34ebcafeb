import type { Fragment } from '../plan/fragment.js';
import { RootTree } from '../plan/root-tree.js';
import type { Json } from '../json.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { Store } from '../store/store.js';

/** Facts of the image, by Ansible's names without "ansible_". */
export type Facts = Record<string, Json>;

const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** The facts that Ansible's `setup` would gather in a container of the base, as far as they do not depend on the host. */
export function readFacts(base: Fragment, { store, spec }: { store: Store; spec: ImageSpec }): Facts {
  const root = new RootTree(store, spec.epoch);
  root.apply(base.entries());
  const text = (path: string) => (root.stat(path)?.type === 'file' ? root.read(path).toString() : '');
  const release = Object.fromEntries(
    [...text('/etc/os-release').matchAll(/^([A-Z_]+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  ) as Record<string, string | undefined>;
  const version = text('/etc/debian_version').trim() || (release.VERSION_ID ?? '');
  return {
    ...architectureFacts(spec.platform),
    system: 'Linux',
    os_family: 'Debian',
    pkg_mgr: 'apt',
    service_mgr: 's6',
    processor_vcpus: 1,
    distribution: release.ID === 'ubuntu' ? 'Ubuntu' : 'Debian',
    distribution_version: version,
    distribution_major_version: (release.VERSION_ID ?? version).split('.')[0] ?? '',
    distribution_release: release.VERSION_CODENAME ?? '',
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
