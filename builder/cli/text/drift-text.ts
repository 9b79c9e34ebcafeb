import type { DriftedResource, PlatformDrift } from '../../platform/platform-drift.js';
import { oneLine } from './format.js';
import type { Palette } from './palette.js';

/** What was changed outside, property by property; then what is known to look so, and what could not be compared. */
export function formatDrift(drift: PlatformDrift, paint: Palette): string {
  const { environment, drifts, noise, notCompared, failed } = drift;
  const lines = drifts.flatMap((one) => [
    paint('red', `${one.resource} (${one.type})${one.status === 'deleted' ? ' was deleted' : ''}`),
    ...properties(one),
  ]);
  if (drifts.length === 0) lines.push(`Nothing of ${environment} was changed outside of its stacks.`);
  if (noise.length > 0)
    lines.push(
      '',
      'Known to differ:',
      ...noise.flatMap((one) => [...properties(one, `${one.resource} `), `    ${one.reason}`]),
    );
  if (failed.length > 0)
    lines.push(
      '',
      paint('yellow', 'Not compared:'),
      ...failed.map(({ stack, reason }) => `  ${stack}: ${oneLine(reason)}`),
    );
  if (notCompared.length > 0)
    lines.push(
      '',
      `CloudFormation does not compare the types of ${notCompared.length}: ${notCompared.join(', ')}`,
    );
  return `${lines.join('\n')}\n`;
}

function properties({ properties: all }: DriftedResource, before = ''): string[] {
  return all.map(({ path, expected, actual }) => `  ${before}${path} ${shown(expected)} → ${shown(actual)}`);
}

function shown(value: string): string {
  return value === '' ? 'nothing' : oneLine(value);
}
