import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { installedPackages, isDpkgStatus } from './dpkg-database.js';

const statusFile = '/var/lib/dpkg/status';

t.test('what dpkg-query says of this machine', (t) => {
  const format = '${binary:Package} ${Version} ${db:Status-Status} ${Architecture}\\n';
  const told = execFileSync('dpkg-query', ['-W', '-f', format], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , status]) => status === 'installed')
    .map(([name = '', version]) => [name.replace(/:.*$/, ''), version]);
  const found = installedPackages(new Map([[statusFile, readFileSync(statusFile)]]));
  t.ok(found.size > 50);
  t.strictSame(Object.fromEntries(found), Object.fromEntries(told as [string, string][]));
  t.end();
});

t.test('two architectures, what was removed, folded fields, images without dpkg', (t) => {
  const paragraphs = [
    'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.41-12',
    'Package: libc6\nStatus: install ok installed\nArchitecture: i386\nVersion: 2.41-12',
    'Package: gone\nStatus: deinstall ok config-files\nVersion: 1',
    'Package: half\nStatus: install reinstreq half-installed\nVersion: 1',
    'Description: text\n Package: none\nPackage: last\nVersion:\t3:1~rc1+b2 \nStatus: hold ok installed',
  ];
  const files = new Map([
    [statusFile, Buffer.from(`${paragraphs.join('\n\n')}\n`)],
    ['/var/lib/dpkg/status.d/tzdata', Buffer.from('Package: tzdata\nVersion: 2025b-4\n')],
    ['/var/lib/dpkg/status.d/tzdata.md5sums', Buffer.from('Package: x\nVersion: 1\n')],
    ['/etc/status', Buffer.from('Package: y\nVersion: 1\n')],
  ]);
  t.strictSame(Object.fromEntries(installedPackages(files)), {
    libc6: '2.41-12',
    'libc6:i386': '2.41-12',
    last: '3:1~rc1+b2',
    tzdata: '2025b-4',
  });
  t.notOk(isDpkgStatus('/var/lib/dpkg/status-old'));
  t.end();
});
