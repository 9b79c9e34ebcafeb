import { BuilderError } from '../../../errors.js';
import type { PlatformCheck } from '../../driver.js';

/** What a check found. */
export type Checked = PlatformCheck;

/** Why a platform would not come up on this machine, and how that is mended. */
export type Problem = PlatformCheck['problems'][number];

/** @throws BuilderError with all that `provision` does not mend itself, where there are any */
export function refuse(checked: readonly Checked[]): void {
  const [first, ...more] = checked.flatMap(({ problems }) => problems).filter(({ isMended }) => !isMended);
  if (first === undefined) return;
  const others = more.map(({ message, hint }) => `${message}\n  ${hint}`);
  throw new BuilderError([...others, first.message].join('\n'), { code: 'failed', hint: first.hint });
}
