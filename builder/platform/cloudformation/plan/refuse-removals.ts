import { BuilderError } from '../../../errors.js';
import type { AwsContext } from '../aws-context.js';
import type { PlatformView } from '../platform-view.js';

/** Refuses to take away a stack of which the graph says that it `stays`. @throws BuilderError `usage` with what to do instead */
export function refuseRemovals(
  { platform, spec }: Pick<AwsContext, 'platform' | 'spec'>,
  { obsolete }: Pick<PlatformView, 'obsolete'>,
): void {
  for (const { name, stackName } of obsolete) {
    const hint = platform.stacks[name]?.stays;
    if (hint !== undefined)
      throw new BuilderError(`${spec.file} has no ${name} any more, and ${stackName} can't be taken away`, {
        code: 'usage',
        hint,
      });
  }
}
