import { existsSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BuilderError } from '../errors.js';
import { makeFolder } from '../system/make-folder.js';
import { othersAtWork, takeLease } from './lease.js';
import { attempt } from './store-error.js';
import {
  type CacheSurvey,
  type FoundBlob,
  type FoundRecord,
  namedBlobs,
  surveyCache,
} from './survey-cache.js';

export interface PruneOptions {
  /** Remove records that were not used for so many milliseconds; 0 for everything. */
  readonly olderThan: number;
  /** Report only; remove nothing. */
  readonly dryRun: boolean;
}

export interface PruneReport {
  readonly folder: string;
  /** Number of records removed (or to be removed). */
  readonly records: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly left: { readonly records: number; readonly blobs: number; readonly bytes: number };
  /** Number of running builds; while there are any, no blob is removed. */
  readonly running: number;
  readonly dryRun: boolean;
}

/** A prune leaves an unnamed blob alone for so long, because another process may be about to name it. */
const youngMs = 3600 * 1000;

/**
 * Removes records that no build used for some time, and then blobs that no record names. Builds that start meanwhile wait.
 * While a build runs, only records are removed, which at worst costs it work; a later prune removes the blobs.
 * @throws BuilderError `failed` if another prune is running or something can't be removed
 */
export function pruneCache(folder: string, { olderThan, dryRun }: PruneOptions): PruneReport {
  if (!existsSync(folder)) return report(folder, { olderThan, dryRun });
  if (dryRun) return report(folder, { olderThan, dryRun });
  return attempt(folder, () => {
    makeFolder(join(folder, 'tmp'));
    const lease = takeLease(folder, 'prune');
    try {
      return report(folder, { olderThan, dryRun }, lease);
    } finally {
      lease.release();
    }
  });
}

function report(
  folder: string,
  { olderThan, dryRun }: PruneOptions,
  lease?: ReturnType<typeof takeLease>,
): PruneReport {
  const others = othersAtWork(folder, lease);
  if (others.prune.length > 0)
    throw new BuilderError(`The cache ${folder} is being pruned by process ${others.prune.join(', ')}`, {
      code: 'failed',
      hint: 'wait for it to end',
    });
  const survey = surveyCache(folder);
  const doomed = doomedParts(survey, { olderThan, buildsRun: others.build.length > 0 });
  if (!dryRun) remove(doomed);
  const records = doomed.records.length;
  const blobs = doomed.blobs.length;
  const bytes = sum([...doomed.records, ...doomed.blobs]);
  const left = {
    records: survey.records.length - records,
    blobs: survey.blobs.size - blobs,
    bytes: sum([...survey.records, ...survey.blobs.values()]) - bytes,
  };
  return { folder, records, blobs, bytes, left, running: others.build.length, dryRun };
}

interface Doomed {
  readonly records: readonly FoundRecord[];
  readonly blobs: readonly FoundBlob[];
}

function doomedParts(
  { records, blobs }: CacheSurvey,
  { olderThan, buildsRun }: { olderThan: number; buildsRun: boolean },
): Doomed {
  const before = (age: number) => (age === 0 ? Infinity : Date.now() - age);
  const stays = ({ used }: FoundRecord) => used >= before(olderThan);
  const needed = namedBlobs(records.filter(stays), blobs);
  const old = before(Math.min(olderThan, youngMs));
  return {
    records: records.filter((record) => !stays(record)),
    blobs: buildsRun
      ? []
      : [...blobs].filter(([name, { made }]) => !needed.has(name) && made < old).map(([, blob]) => blob),
  };
}

/** Removes records first, so that no record ever names a missing blob. */
function remove({ records, blobs }: Doomed): void {
  for (const { path, used } of records) {
    const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (used === 0 || time <= used) rmSync(path, { force: true });
    removeEmpty(dirname(path));
  }
  for (const { path } of blobs) rmSync(path, { force: true });
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    return;
  }
}

function sum(sized: readonly { readonly size: number }[]): number {
  return sized.reduce((total, { size }) => total + size, 0);
}
