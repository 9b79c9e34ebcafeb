import type { Stack, StackEvent } from '../../aws/cloudformation/stack.js';
import { BuilderError } from '../../errors.js';

/** An operation on a stack failed; `failed` is the first thing that did, `events` are all of the operation. */
export class StackError extends BuilderError {
  readonly stackName: string;
  readonly failed: StackEvent | undefined;
  readonly events: readonly StackEvent[];
  /** The stack afterwards; undefined where it is gone. */
  readonly afterwards: Stack | undefined;

  constructor(
    message: string,
    details: {
      readonly stackName: string;
      readonly failed?: StackEvent | undefined;
      readonly events: readonly StackEvent[];
      readonly stack: Stack | undefined;
      readonly hint?: string | undefined;
    },
  ) {
    super(message, { code: 'failed', hint: details.hint });
    this.stackName = details.stackName;
    this.failed = details.failed;
    this.events = details.events;
    this.afterwards = details.stack;
  }
}
