import type { PlatformStack } from '../graph/platform.js';
import { stackWaves } from '../graph/stack-graph.js';
import { markdownTable } from '../markdown-table.js';

/** The stacks in the order in which they are made, as Markdown: those of a line may be made at once. */
export function stackOrder(stacks: readonly PlatformStack[]): string {
  const dependencies = new Map(stacks.map(({ name, dependsOn }) => [name, dependsOn]));
  const link = (name: string): string => {
    const file =
      stacks
        .find((one) => one.name === name)
        ?.file.split('/')
        .at(-1) ?? '';
    return `[${name}](../infra-cfn/stacks/${file})`;
  };
  return markdownTable(
    ['', 'stacks'],
    stackWaves(dependencies).map((wave, index) => [String(index + 1), wave.map(link).join(', ')]),
  );
}
