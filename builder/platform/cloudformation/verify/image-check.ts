import { severityRank } from '../../../aws/ecr/severity.js';
import type { Check } from './check.js';

/** The image that was deployed is in its repository, and its scan has nothing worse than the environment allows. */
export const imageCheck: Check = {
  name: 'image',
  async look({ spec, signal, registry: registryAt }, { stacks }) {
    const image = stacks.find(({ name }) => name === 'service')?.parameters['Image'];
    const [, host = '', repository = '', digest = ''] =
      /^([^/]+)\/(.+)@(sha256:[0-9a-f]{64})$/.exec(image?.kind === 'known' ? String(image.value) : '') ?? [];
    const registry = host === '' ? undefined : registryAt(host);
    if (registry === undefined) return undefined;
    const scan = await registry.scanFindings({ repository, digest }, { signal });
    const threshold = spec.registry?.scanThreshold;
    const found = scan?.findings ?? [];
    const bad =
      threshold && found.filter(({ severity }) => severityRank(severity) >= severityRank(threshold));
    if (bad === undefined) return { state: 'ok', detail: `${digest.slice(0, 19)} is in ${repository}` };
    if (scan === undefined || /PENDING|IN_PROGRESS/.test(scan.status))
      return { state: 'pending', detail: `${digest.slice(0, 19)} is not scanned yet` };
    return bad.length === 0
      ? {
          state: 'ok',
          detail: `${digest.slice(0, 19)}: its scan has nothing of severity ${threshold} or worse`,
        }
      : {
          state: 'bad',
          detail: `The scan of ${digest.slice(0, 19)} has ${bad.length} of severity ${threshold} or worse: ${bad.map(({ name }) => name).join(', ')}`,
          hint: 'Build with --no-cache for newer packages, or raise registry.scanThreshold.',
        };
  },
};
