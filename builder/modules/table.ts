import { apt, packageModule } from './apt/apt.js';
import { nearestName } from '../nearest-name.js';
import { assert } from './assert.js';
import { command, raw, shell } from './commands/command.js';
import { copy } from './files/copy.js';
import { debug } from './debug.js';
import { fail } from './fail.js';
import { getent } from './facts/getent.js';
import { packageFacts } from './facts/package-facts.js';
import { setup } from './facts/setup.js';
import { file } from './files/file.js';
import { blockinfile } from './lines/blockinfile.js';
import { find } from './files/find.js';
import { lineinfile } from './lines/lineinfile.js';
import { ping } from './ping.js';
import { replace } from './lines/replace.js';
import { slurp } from './files/slurp.js';
import { stat } from './files/stat.js';
import { getUrl } from './downloads/get-url.js';
import { script } from './commands/script.js';
import { unarchive } from './archives/unarchive.js';
import type { Module } from './module.js';
import { group } from './accounts/group.js';
import { service, systemd } from './service.js';
import { template } from './files/template.js';
import { user } from './accounts/user.js';

const modules: readonly Module[] = [
  getent,
  packageFacts,
  setup,
  unarchive,
  script,
  getUrl,
  stat,
  slurp,
  replace,
  ping,
  lineinfile,
  find,
  blockinfile,
  apt,
  assert,
  command,
  copy,
  debug,
  fail,
  file,
  group,
  packageModule,
  raw,
  service,
  shell,
  systemd,
  template,
  user,
] as unknown as Module[];

/** All modules by their short names. */
export const moduleTable: ReadonlyMap<string, Module> = new Map([
  ...modules.map((module) => [module.name, module] as const),
  ['systemd_service', systemd as unknown as Module],
  ['gather_facts', setup as unknown as Module],
  ['sysvinit', service as unknown as Module],
]);

const refusals: Readonly<Record<string, string>> = {
  pause: 'nothing waits in an image build',
  wait_for: 'nothing runs in an image build that a task could wait for',
  wait_for_connection: 'there is no connection in an image build',
  reboot: 'an image build has nothing to boot',
  tempfile: 'a random name would give another digest each time: use file with a fixed path',
  hostname: 'a container gets its host name when it starts',
  git: 'use get_url of an archive with a checksum, and unarchive',
  fetch: 'use `platen run IMAGE -- cat PATH`',
};

const prefixes = /^(ansible\.builtin|ansible\.legacy|ansible\.posix|community\.general)\./;

/** Finds a module by its short or fully qualified name. */
export function findModule(name: string): Module | undefined {
  return moduleTable.get(name.replace(prefixes, ''));
}

/** Why `findModule` finds no such module, and what to use instead: one sentence. */
export function refusalOf(name: string): string {
  const short = name.replace(prefixes, '');
  const reason = refusals[short];
  if (reason !== undefined) return `module '${name}' is not supported: ${reason}`;
  const near = nearestName(short, [...moduleTable.keys()]);
  return near === undefined
    ? `there is no module '${name}'; known: ${[...moduleTable.keys()].sort().join(', ')}`
    : `there is no module '${name}'; did you mean '${near}'?`;
}
