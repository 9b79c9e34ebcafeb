import type { Stack } from '../../../aws/cloudformation/stack.js';
import type { AwsContext } from '../aws-context.js';

/** Where inputs come from. */
export interface InputSources {
  readonly context: AwsContext;
  /** The stacks that are there: what they have stays. */
  readonly there: ReadonlyMap<string, Stack>;
  /** Whether AWS can be asked. */
  readonly isKnown: boolean;
}

/** One input, or what belongs to it. */
export interface FoundInput {
  readonly value?: string | undefined;
  readonly publish?: string | undefined;
  readonly note?: string | undefined;
  readonly missing?: string | undefined;
}
