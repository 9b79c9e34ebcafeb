import { BuilderError } from '../../errors.js';
import type { LocalContext } from './local-context.js';
import { lastLines, startTask } from './start-task.js';
import type { TranslatedTask } from './task/translated-task.js';
import { type ExtraFile, wantedContainers } from './wanted-container.js';

/** Runs a task of one container to its end and removes it. @throws BuilderError with the end of its log where it fails */
export async function runOneOff(
  context: LocalContext,
  part: string,
  { task, files }: { readonly task: TranslatedTask; readonly files: readonly ExtraFile[] },
): Promise<void> {
  const { docker, names, reporter, secrets, signal } = context;
  const started = performance.now();
  reporter.report({ kind: 'part-started', part, action: 'create' });
  const place = {
    name: names.of(part),
    network: names.network,
    aliases: [],
    labels: names.labels(part),
    files,
    secrets,
  };
  const containers = wantedContainers(task, place);
  const [first] = containers;
  if (first === undefined) return;
  try {
    await startTask(docker, containers, { signal });
    const exitCode = await docker.containers.wait(first.name);
    if (exitCode !== 0) {
      const lines = await lastLines(docker, first.name, 20);
      throw new BuilderError(`${part} ended with exit code ${exitCode}\n${lines.join('\n')}`, {
        code: 'failed',
      });
    }
  } finally {
    for (const { name } of containers) await docker.containers.remove(name);
  }
  reporter.report({ kind: 'part-changed', part, change: 'updated', ms: performance.now() - started });
}
