import type { BuilderError, Origin } from '../../errors.js';
import type { TaskResult } from '../../plan/step.js';
import type { Task } from '../parse/play.js';

/** Carries a task's failure up to the block that rescues it, or to the end of the run. */
export class TaskFailed extends Error {
  readonly task: Task;
  readonly step: string;
  readonly origin: Origin;
  readonly result: TaskResult;
  readonly secret: boolean;

  constructor(details: {
    task: Task;
    step: string;
    result: TaskResult;
    secret: boolean;
    cause: BuilderError | undefined;
  }) {
    super(`${details.step} failed`, { cause: details.cause });
    this.task = details.task;
    this.step = details.step;
    this.origin = details.task.origin;
    this.result = details.result;
    this.secret = details.secret;
  }
}

/** Ends the play without failing it: `meta: end_play`. */
export class PlayEnded extends Error {}
