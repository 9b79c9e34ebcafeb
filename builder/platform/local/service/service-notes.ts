import type { TranslatedTask } from '../task/translated-task.js';

/** What of a task's containers means less in a service, whose tasks nobody but Docker looks after when platen has ended. */
export function serviceNotes({ containers }: Pick<TranslatedTask, 'containers'>): string[] {
  return containers
    .filter(({ restartPolicy }) => restartPolicy?.Enabled === true)
    .map(
      ({ name }) =>
        `RestartPolicy of ${name}: Docker starts it again whenever it ends; IgnoredExitCodes and RestartAttemptPeriod are not honoured`,
    );
}
