import type { Reporter } from '../reporter.js';
import type { Destination } from './destination.js';
import { writeDockerArchive } from './write-docker-archive.js';

interface ArchiveWanted {
  /** Absolute path. */
  readonly file: string;
  /** Names of the image after `docker load`. */
  readonly tags: readonly string[];
  readonly reporter: Reporter;
}

/** An archive for `docker load`. */
export function archiveDestination({ file, tags, reporter }: ArchiveWanted): Destination {
  return {
    deliver: async (image) => {
      const started = performance.now();
      await writeDockerArchive(image, { file, tags });
      reporter.report({ kind: 'written', path: file, ms: performance.now() - started });
      return {};
    },
  };
}
