import type { BuildResult } from '../../run/build-options.js';
import { formatCount, formatSize, formatTable, formatTime } from './format.js';

/** Formats the summary of a build: layers, total size, names, digest, time. */
export function formatSummary({
  layers,
  ms,
  loaded,
  layout,
  pushed,
  tags,
  digest,
  steps,
}: BuildResult): string {
  const total = layers.reduce((sum, { size }) => sum + size, 0);
  const rows = [
    ['layer', 'size', ''],
    ...layers.map(({ name, size, cached }) => [name, formatSize(size), cached ? 'cached' : 'new']),
    ['total', formatSize(total), 'compressed'],
  ];
  const cached = steps.filter((step) => step.cached).length;
  const where = [...(loaded ? ['in Docker'] : []), ...(pushed === null ? [] : ['pushed'])].join(' and ');
  const instead = layout === undefined ? 'no tag' : `oci:${layout}`;
  const tagged = tags.length > 0 ? [tags.join(', '), where].filter(Boolean).join(', ') : instead;
  return [
    '',
    ...formatTable(rows, 'lrl'),
    '',
    `${tagged}: ${digest ?? 'no digest'}`,
    `${formatTime(ms)}; ${formatCount(steps.length, 'step')}, ${cached} of them cached`,
    '',
  ].join('\n');
}
