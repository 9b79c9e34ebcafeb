import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Test } from 'tap';

/** Kept between runs: roots as tars, and packages that set-ups downloaded. */
const cache = join(tmpdir(), 'platen-test-bare');
const archives = 'var/cache/apt/archives';
const certificates = '/etc/own-certificates.crt';

/** Makes the folder `$1` the root of new namespaces, with npm's cache `$2` and pip's cache `$3`, and runs the rest there. All processes end with the command. */
const enter = `
set -e
root=$1 npm_cache=$2 pip_cache=$3; shift 3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount --bind "$npm_cache" "$root/root/.npm"
mkdir -p "$root/root/.cache/pip"
mount --bind "$pip_cache" "$root/root/.cache/pip"
cd "$root"
pivot_root . mnt
umount -l /mnt
cd /src
exec "$@"`;

/**
 * Makes dockerd start in its own network once it is installed: in this machine's network it would change or remove the bridge
 * of the existing daemon. Only the wrapper knows the flag, so that no other dockerd starts.
 */
const ownNetwork = '--in-a-network-of-its-own';
const wrapDockerd = `[ -x /usr/sbin/dockerd ] || exit 0
cat >/usr/local/sbin/dockerd <<'END'
#!/bin/sh
[ "$1" = ${ownNetwork} ] || exit 1
shift
exec unshare --net /usr/sbin/dockerd "$@"
END
chmod +x /usr/local/sbin/dockerd
`;

/** Variables for access to the network. */
const ofTheNetwork = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** A minimal Debian with Node.js and this project in /src, as a root on this machine. */
export class BareMachine {
  readonly #root = mkdtempSync(join(tmpdir(), 'platen-bare-'));

  /** @param nodeModules whether to provide this project's node modules, which take long to install */
  constructor(t: Test, { suite, nodeModules }: { suite: string; nodeModules: boolean }) {
    t.teardown(() => this.#remove());
    execFileSync('tar', ['-xpf', rootArchive(suite), '-C', this.#root]);
    this.#installNode();
    // No need to survive a power cut.
    writeFileSync(join(this.#root, 'etc/dpkg/dpkg.cfg.d/unsafe-io'), 'force-unsafe-io\n');
    mkdirSync(join(this.#root, 'root/.npm'));
    cpSync('/etc/resolv.conf', join(this.#root, 'etc/resolv.conf'), { dereference: true });
    writeFileSync(join(this.#root, 'usr/local/lib/wrap-dockerd'), wrapDockerd);
    const hook = 'DPkg::Post-Invoke { "sh /usr/local/lib/wrap-dockerd"; };\n';
    writeFileSync(join(this.#root, 'etc/apt/apt.conf.d/wrap-dockerd'), hook);
    this.#copyProject(nodeModules);
    const downloaded = join(cache, 'archives', suite);
    mkdirSync(downloaded, { recursive: true });
    execFileSync('cp', ['-rn', `${downloaded}/.`, join(this.#root, archives)]);
    t.teardown(() =>
      execFileSync('sh', [
        '-c',
        'cp -n "$0"/*.deb "$1" 2>/dev/null || true',
        join(this.#root, archives),
        downloaded,
      ]),
    );
  }

  /** Runs a line of shell as root in /src. @returns exit code and output, errors included */
  run(line: string): Promise<{ readonly code: number; readonly output: string }> {
    const argv = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
    const npmCache = process.env['npm_config_cache'] ?? join(homedir(), '.npm');
    const pipCache = process.env['PIP_CACHE_DIR'] ?? join(homedir(), '.cache/pip');
    for (const folder of [npmCache, pipCache]) mkdirSync(folder, { recursive: true });
    argv.push('sh', '-c', enter, 'enter', this.#root, npmCache, pipCache);
    // With `env -i`, because tap adds variables to each process of a test.
    const pairs = Object.entries(this.#environment()).map(([name, value]) => `${name}=${value}`);
    argv.push('env', '-i', ...pairs, 'sh', '-c', `exec 2>&1; ${line}`);
    const options = { maxBuffer: 1 << 28 };
    return new Promise((done) => {
      execFile('unshare', argv, options, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code ?? 255), output: stdout + stderr });
      });
    });
  }

  #installNode(): void {
    const npm = join(dirname(process.execPath), '../lib/node_modules/npm');
    if (!existsSync(npm)) throw new Error(`a bare machine needs the npm of Node.js's own, at ${npm}`);
    cpSync(process.execPath, join(this.#root, 'usr/local/bin/node'));
    cpSync(npm, join(this.#root, 'usr/local/lib/node_modules/npm'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const link = 'for name in npm npx; do ln -s ../lib/node_modules/npm/bin/$name-cli.js "$0/$name"; done';
    execFileSync('sh', ['-c', link, join(this.#root, 'usr/local/bin')]);
    const own = process.env['NODE_EXTRA_CA_CERTS'];
    if (own !== undefined) cpSync(own, join(this.#root, certificates));
  }

  #copyProject(nodeModules: boolean): void {
    const left = ['.git', '.tap', 'dist', 'node_modules'];
    cpSync('.', join(this.#root, 'src'), {
      recursive: true,
      filter: (path) => !left.includes(basename(path)),
    });
    if (!nodeModules) return;
    execFileSync('cp', ['-a', '--reflink=auto', 'node_modules', join(this.#root, 'src')]);
    execFileSync('touch', [join(this.#root, 'src/node_modules/.package-lock.json')]);
  }

  #environment(): Record<string, string | undefined> {
    const own = process.env['NODE_EXTRA_CA_CERTS'] !== undefined;
    const network = ofTheNetwork.filter((name) => process.env[name] !== undefined);
    return {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      LANG: 'C.UTF-8',
      CI: 'true',
      PLATEN_DOCKERD_ARGS: `${ownNetwork} --cgroup-parent=/${basename(this.#root)}`,
      ...(own
        ? { NODE_EXTRA_CA_CERTS: certificates, PIP_CERT: certificates, npm_config_cafile: certificates }
        : {}),
      ...Object.fromEntries(network.map((name) => [name, process.env[name]])),
    };
  }

  #remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
    const groups = 'find /sys/fs/cgroup -depth -type d -path "*/$0*" -exec rmdir {} + 2>/dev/null || true';
    execFileSync('sh', ['-c', groups, basename(this.#root)]);
  }
}

/** A tar of Debian's smallest root; made by mmdebstrap once per machine (about 12 s). */
function rootArchive(suite: string): string {
  const archive = join(cache, `${suite}-v1.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'unfinished-'));
  const made = join(unfinished, 'root.tar');
  execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', suite, made], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(made, archive);
  rmSync(unfinished, { recursive: true });
  return archive;
}
