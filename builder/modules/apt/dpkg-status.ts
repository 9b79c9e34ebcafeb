import type { View } from '../../plan/view.js';

/** A package that dpkg knows. */
export interface PackageStatus {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** The state in dpkg's words: `installed`, `config-files`, `half-configured` … */
  readonly state: string;
  /** Virtual packages that it provides. */
  readonly provides: readonly string[];
}

/** The packages in dpkg's database (/var/lib/dpkg/status, deb822). */
export function dpkgStatus(root: View): PackageStatus[] {
  const path = '/var/lib/dpkg/status';
  if (root.stat(path)?.type !== 'file') return [];
  return root
    .read(path)
    .toString()
    .split(/\n\n+/)
    .filter((stanza) => stanza.trim() !== '')
    .map(parseStanza);
}

function parseStanza(stanza: string): PackageStatus {
  const field = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'mi').exec(stanza)?.[1]?.trim() ?? '';
  return {
    name: field('Package'),
    version: field('Version'),
    architecture: field('Architecture'),
    state: field('Status').split(' ').at(-1) ?? '',
    provides: field('Provides')
      .split(',')
      .map((provided) => provided.trim().split(/[ (:]/)[0] ?? '')
      .filter((name) => name !== ''),
  };
}
