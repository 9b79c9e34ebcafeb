import type { ImageSpec } from '../spec/image-spec.js';
import { digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { PreparedBase } from './made-base.js';
import { readFacts } from './facts.js';
import { fragmentOf } from '../plan/fragment.js';

/** The base of a plan before the real base was made: an empty root, on which every step would have to run. */
export function planWithoutBase(spec: ImageSpec, store: Store): PreparedBase {
  const fragment = { ...fragmentOf([]), digest: digestOf('no base yet') };
  const facts = { ...readFacts(fragment, { store, spec }), ...suiteFacts(spec) };
  return { name: 'base', fragment, layers: [], run: {}, facts, cached: false };
}

/** Versions of Debian releases, known in advance. */
const releases: Readonly<Record<string, string>> = { bookworm: '12', trixie: '13' };

function suiteFacts({ base }: ImageSpec): Record<string, string> {
  if (base.kind !== 'debian') return {};
  const version = releases[base.suite] ?? '';
  return {
    distribution_release: base.suite,
    distribution_major_version: version,
    distribution_version: version,
  };
}
