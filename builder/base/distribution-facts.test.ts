import t from 'tap';
import { RootTree } from '../plan/root-tree.js';
import { MemoryStore } from '../modules/fixtures/memory-store.js';
import { distributionFacts } from './distribution-facts.js';

function factsOf(files: Readonly<Record<string, string>>): Record<string, unknown> {
  const root = new RootTree(new MemoryStore(), 0);
  for (const [path, text] of Object.entries(files)) {
    const folders = path.split('/').slice(1, -1);
    folders.forEach((_, index) => {
      const folder = `/${folders.slice(0, index + 1).join('/')}`;
      if (root.stat(folder) === undefined)
        root.put(folder, { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
    });
    root.put(path, { type: 'file', mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text) });
  }
  return distributionFacts(root);
}

t.test('Debian', async (t) => {
  t.same(
    factsOf({
      '/etc/os-release': 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n',
      '/etc/debian_version': '13.5\n',
      '/usr/bin/apt-get': '',
    }),
    {
      os_family: 'Debian',
      pkg_mgr: 'apt',
      distribution: 'Debian',
      distribution_version: '13.5',
      distribution_major_version: '13',
      distribution_release: 'trixie',
    },
  );
});

t.test('a base says itself what it is', async (t) => {
  const cases: readonly (readonly [
    release: string,
    program: string,
    family: string,
    name: string,
    manager: string,
  ])[] = [
    ['ID=alpine\nVERSION_ID=3.22.1', '/sbin/apk', 'Alpine', 'Alpine', 'apk'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"', '/usr/bin/dnf', 'RedHat', 'Rocky', 'dnf'],
    ['ID=fedora\nVERSION_ID=43', '/usr/bin/dnf5', 'RedHat', 'Fedora', 'dnf5'],
    ["ID='amzn'\nVERSION_ID='2023'", '/usr/bin/dnf', 'RedHat', 'Amazon', 'dnf'],
    ['ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"', '/usr/bin/apt-get', 'Debian', 'Ubuntu', 'apt'],
    ['ID=wolfi\nVERSION_ID="1"', '/nothing', 'Wolfi', 'Wolfi', 'unknown'],
  ];
  for (const [release, program, os_family, distribution, pkg_mgr] of cases)
    t.match(factsOf({ '/usr/lib/os-release': `${release}\n`, [program]: '' }), {
      os_family,
      distribution,
      pkg_mgr,
    });
});

t.test('a base that says nothing is not taken for Debian', async (t) => {
  t.match(factsOf({}), {
    os_family: 'unknown',
    pkg_mgr: 'unknown',
    distribution: 'unknown',
    distribution_version: '',
  });
});
