import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of Debian's WordPress. */
const packages = [
  'wordpress',
  'wordpress-theme-twentytwentythree',
  'php-getid3',
  'libjs-underscore',
  'libjs-cropper',
];

/**
 * WordPress 6.1 as a .tar.gz like wordpress.org's, made from packages of Debian 12.
 * @param folder where packages are unpacked
 */
export function oldWordPress(folder: string): Buffer {
  const lists = join(folder, 'lists');
  const tree = join(folder, 'tree');
  for (const name of ['partial', '../state', '../cache/archives/partial', '../tree'])
    mkdirSync(join(lists, name), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const from = (suite: string, place: string) =>
    `deb [arch=amd64 signed-by=${keyring}] http://deb.debian.org/${place} ${suite} main\n`;
  writeFileSync(
    join(folder, 'sources.list'),
    from('bookworm', 'debian') + from('bookworm-security', 'debian-security'),
  );
  // Independent of this machine's apt configuration.
  const options = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '-',
    'Dir::State': join(folder, 'state'),
    'Dir::State::Lists': lists,
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const apt = (...args: string[]) =>
    execFileSync('apt-get', ['-qq', ...flags, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  apt('update');
  apt('download', ...packages);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.deb')))
    execFileSync('dpkg-deb', ['-x', name, tree], { cwd: folder });
  const left = ['--exclude=wordpress/.htaccess', '--exclude=wordpress/wp-config.php'];
  return execFileSync('tar', ['-czhf', '-', '-C', join(tree, 'usr/share'), ...left, 'wordpress'], {
    maxBuffer: 1e9,
  });
}
