import { shellQuote } from '../root/shell-words.js';

/** The work of one run of apt. */
export interface AptPlan {
  /** Fetch the package lists even if they exist. */
  readonly update: boolean;
  /** Arguments of apt-get, one list per call, after the common options. */
  readonly calls: readonly (readonly string[])[];
  /** Whether the calls need package lists. */
  readonly needsLists: boolean;
  readonly dpkgOptions: readonly string[];
}

/** Keeps package scripts from asking questions. */
export const aptEnvironment: Readonly<Record<string, string>> = {
  DEBIAN_FRONTEND: 'noninteractive',
  DEBIAN_PRIORITY: 'critical',
  APT_LISTCHANGES_FRONTEND: 'none',
  LC_ALL: 'C',
  LANG: 'C',
};

/**
 * pkgcache is off: it combines lists and package status, so that each change would rewrite it. The cache of the lists
 * alone is kept for further runs.
 */
const acquiring = ['Acquire::Retries=3', 'Acquire::Languages=none', 'Dir::Cache::pkgcache='];

/**
 * One shell script for a whole apt task. /usr/sbin/policy-rc.d keeps services from starting meanwhile. Layers hold no
 * package lists, so the script fetches them if they are missing.
 */
export function aptScript(plan: AptPlan): string {
  const options = [
    '-y',
    '-q',
    ...[...acquiring, 'Dpkg::Use-Pty=0'].flatMap((option) => ['-o', option]),
    ...[...plan.dpkgOptions, 'force-unsafe-io'].flatMap((option) => ['-o', `Dpkg::Options::=--${option}`]),
  ];
  const update = `apt-get -q ${[...acquiring, 'APT::Update::Error-Mode=any'].map((option) => `-o ${option}`).join(' ')} update`;
  const lists = plan.update ? update : `ls /var/lib/apt/lists 2>/dev/null | grep -q _Packages || ${update}`;
  return [
    'set -eu',
    'policy=/usr/sbin/policy-rc.d',
    'if [ ! -e "$policy" ]; then',
    '  trap \'rm -f "$policy"\' EXIT',
    '  printf \'#!/bin/sh\\nexit 101\\n\' > "$policy"',
    '  chmod 755 "$policy"',
    'fi',
    ...(plan.needsLists || plan.update ? [lists] : []),
    ...plan.calls.map((call) => ['apt-get', ...options, ...call].map(shellQuote).join(' ')),
    '',
  ].join('\n');
}

const failures: readonly (readonly [RegExp, (name: string, why: string) => string])[] = [
  [/^E: Unable to locate package (\S+)/m, (name) => `No package matching '${name}' is available`],
  [
    /^E: Couldn't find any package by (?:glob|regex) '([^']+)'/m,
    (name) => `No package matching '${name}' is available`,
  ],
  [
    /^E: Package '([^']+)' has no installation candidate/m,
    (name) => `No package matching '${name}' is available`,
  ],
  [/^E: (Version '[^']+' for '[^']+' was not found)/m, (what) => what],
  [/^E: Failed to fetch (\S+) +(.*?):?$/m, (address, why) => `apt-get can't fetch ${address}: ${why}`],
];

/** The reason why apt failed, in one sentence; its last lines if the reason is unknown. */
export function aptFailure(exitCode: number, stdout: string, stderr: string): string {
  for (const [pattern, message] of failures) {
    const [, found, why = ''] = pattern.exec(stderr) ?? [];
    if (found !== undefined) return message(found, why);
  }
  const last = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
  return `apt-get failed with exit code ${exitCode}: ${last}`;
}
