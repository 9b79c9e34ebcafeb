import { BuilderError } from '../errors.js';
import type { Entry } from '../tar/entry.js';
import type { TimedStep } from './reporting-runner.js';

/** How many paths to show of a step, and how many steps. */
const mostPaths = 10;
const mostSteps = 20;

/**
 * Compares the changes of one playbook's steps in two runs.
 * @throws BuilderError `failed` if they differ, with the names of the steps and the paths
 */
export function compareRuns(first: readonly TimedStep[], second: readonly TimedStep[]): void {
  const again = new Map(second.map((timed) => [timed.step.id, timed]));
  const told = first.flatMap(({ step, done }) => {
    const other = again.get(step.id)?.done.fragment;
    if (other === undefined) return [`${step.name}: ran only once`];
    if (other.digest === done.fragment.digest) return [];
    const paths = differences(done.fragment.entries(), other.entries());
    const shown = paths.slice(0, mostPaths).map((path) => `\n  ${path}`);
    const more = paths.length > mostPaths ? `\n  … and ${paths.length - mostPaths} more` : '';
    return [`${step.name}:${shown.join('')}${more}`];
  });
  if (told.length === 0) return;
  const rest = told.length > mostSteps ? `\n… and ${told.length - mostSteps} more steps` : '';
  throw new BuilderError(
    `${told.length} of ${first.length} steps left different files when they ran again\n${told.slice(0, mostSteps).join('\n')}${rest}`,
    {
      code: 'failed',
      hint: 'Make them repeatable: use fixed names, dates and seeds, or remove random files in the same task.',
    },
  );
}

/** Paths that differ, sorted, each with the differing attributes. */
function differences(one: readonly Entry[], two: readonly Entry[]): string[] {
  const before = new Map(one.map((entry) => [entry.path, entry]));
  const after = new Map(two.map((entry) => [entry.path, entry]));
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const what = differs(before.get(path), after.get(path));
    return what === undefined ? [] : [`${path} (${what})`];
  });
}

function differs(one: Entry | undefined, two: Entry | undefined): string | undefined {
  if (one === undefined || two === undefined) return 'in one run only';
  if (one.type !== two.type) return `${one.type}, ${two.type}`;
  const parts: readonly (readonly [string, unknown, unknown])[] = [
    ['content', one.content?.digest, two.content?.digest],
    ['target', one.target, two.target],
    ['mode', one.mode, two.mode],
    ['owner', `${one.uid}:${one.gid}`, `${two.uid}:${two.gid}`],
    ['time', one.mtime, two.mtime],
    ['attributes', JSON.stringify(one.xattrs), JSON.stringify(two.xattrs)],
  ];
  const found = parts.filter(([, a, b]) => a !== b).map(([name]) => name);
  return found.length === 0 ? undefined : found.join(', ');
}
