import type { Readable } from 'node:stream';
import { bootstrapDebian } from '../engine/bootstrap/debian-base.js';
import type { DebianBase } from '../engine/bootstrap/debian-wanted.js';
import { bootstrapDebianInContainer } from '../engine/bootstrap/debian-base-container.js';
import { removeSessionImages } from '../engine/docker/docker.js';
import { mergeEntries } from '../image/merge-entries.js';
import { normaliseEntries } from '../image/normalise/normalise-entries.js';
import { readLayer } from '../image/read-layer.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { Store } from '../store/store.js';
import { findProgram } from '../system/find-program.js';
import type { BaseContext } from './made-base.js';
import type { MadeBase } from './made-base.js';
import { lockReference } from './base-lock.js';
import { unpackImage, withFetched } from '../open/fetch-image.js';
import { progressLine } from '../open/fetch-image.js';

type DebianSpec = Extract<ImageSpec['base'], { kind: 'debian' }>;

/** The identity of a base, independent of how it is bootstrapped. */
export function debianIdentity({ base }: ImageSpec): object {
  const { bootstrap: _bootstrap, ...identity } = base as DebianSpec;
  return identity;
}

/** Bootstraps Debian with this machine's mmdebstrap, or without one in a container of a Debian image. */
export async function makeDebian(spec: ImageSpec, store: Store, context: BaseContext): Promise<MadeBase> {
  const { platform, epoch } = spec;
  const { environment, signal } = context;
  const { suite, packages, mirror } = spec.base as DebianSpec;
  const wanted = { suite, packages, mirror, platform, epoch, signal, environment };
  const isHere = findProgram('mmdebstrap', environment.PATH) !== undefined;
  const docker = { host: environment.DOCKER_HOST };
  try {
    const tar = await (isHere ? bootstrapDebian(wanted) : inContainer(wanted, { spec, store, context }));
    const { entries } = await readLayer(tar, store);
    // Some versions of mmdebstrap leave the folder, others don't; engines mount their own.
    const kept = entries.filter(({ path }) => path !== '/dev');
    return { entries: mergeEntries([normaliseEntries(kept, epoch, store).entries]) };
  } finally {
    if (!isHere) await removeSessionImages(docker).catch(() => undefined);
  }
}

async function inContainer(
  wanted: DebianBase,
  { spec, store, context }: { spec: ImageSpec; store: Store; context: BaseContext },
): Promise<Readable> {
  const { environment, signal, reporter } = context;
  const { suite, bootstrap: name = `docker.io/library/debian:${suite}` } = spec.base as DebianSpec;
  const reference = await lockReference(spec, { name, part: 'bootstrap' }, context);
  const fetch = {
    store,
    platform: spec.platform,
    environment,
    signal,
    onProgress: ({ done, size }: { done: number; size: number }) =>
      reporter.report({ kind: 'step-output', text: progressLine(done, size) }),
  };
  const { layers } = await withFetched(reference, fetch, ({ image }) => unpackImage(image, store));
  reporter.report({
    kind: 'message',
    text: `this machine has no mmdebstrap, so it runs in a container of ${name}`,
  });
  return bootstrapDebianInContainer(wanted, {
    docker: { host: environment.DOCKER_HOST },
    layers,
  });
}
