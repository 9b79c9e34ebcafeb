import { BuilderError } from '../../errors.js';
import { type RegistryClient, registryClient } from '../../registry/client.js';
import type { ImageSource } from '../../registry/push/image-source.js';
import {
  type BlobProgress,
  type PushResult,
  pushImage as pushToRegistry,
} from '../../registry/push/push-image.js';
import { parseReference } from '../../registry/reference.js';
import type { ScanFinding } from '../../aws/ecr/ecr-registry.js';
import { blobNames } from './blob-names.js';
import type { PushReport } from './push-report.js';
import type { BuildContext } from '../../context.js';
import { type PushTarget, ecrLimits, explainEcr, prepareEcr, refuseTagConflicts } from './push-ecr.js';
import type { PushChoices } from './push-choices.js';
import type { Store } from '../../store/store.js';
import { rememberRepository, siblingRepositories } from './sibling-repositories.js';
import { registryCredentials } from '../../open/registry-credentials.js';
import { awaitAcceptableScan } from './scan-image.js';

interface Push {
  readonly choices: PushChoices;
  readonly context: Omit<BuildContext, 'projectFolder'>;
  /** Remembers the repositories pushed to. */
  readonly store: Store;
}

/**
 * Pushes an image, or an index with its images, under all these names. Sends only missing blobs, and reads every
 * digest back.
 * @throws BuilderError `usage` for an invalid name; RegistryError, BuilderError if a push fails, or its scan reaches the threshold
 */
export async function pushImage(
  source: ImageSource,
  names: readonly string[],
  push: Push,
): Promise<{ readonly report: PushReport; readonly scan?: readonly ScanFinding[] | undefined }> {
  const { environment, signal } = push.context;
  const targets = pushTargets(names);
  using client = registryClient({
    credentials: registryCredentials(environment, signal),
    environment,
    signal,
  });
  const results: PushResult[] = [];
  let scan: readonly ScanFinding[] | undefined;
  for (const target of targets) {
    const pushed = await pushTo(target, { ...push, source, client });
    results.push(pushed.result);
    scan = pushed.scan ?? scan;
  }
  return { report: sum(results), scan };
}

/** One target for each repository. @throws BuilderError `usage` */
export function pushTargets(names: readonly string[]): PushTarget[] {
  const targets = new Map<string, PushTarget>();
  for (const name of names) {
    const { tag = 'latest', digest, ...reference } = parseReference(name);
    if (digest !== undefined)
      throw new BuilderError(`${name} names an image by its digest; a push needs a tag`, { code: 'usage' });
    const tags = targets.get(reference.name)?.tags ?? [];
    targets.set(reference.name, { reference, tags: [...tags, tag] });
  }
  return [...targets.values()];
}

async function pushTo(
  target: PushTarget,
  { source, client, choices, context, store }: Push & { source: ImageSource; client: RegistryClient },
): Promise<{ result: PushResult; scan?: readonly ScanFinding[] | undefined }> {
  const { reporter, signal, environment } = context;
  const { digest } = source.manifest;
  const started = performance.now();
  const names = target.tags.map((tag) => `${target.reference.name}:${tag}`);
  const blobs = await blobNames(source);
  reporter.report({ kind: 'push-started', names });
  const { createRepository, repository: settings, scanThreshold } = choices;
  const ecr = await prepareEcr(target, { environment, signal, createRepository, settings });
  if (scanThreshold !== undefined && ecr === undefined)
    throw new BuilderError(`${target.reference.name} is not in ECR: only ECR scans images`, {
      code: 'usage',
      hint: 'Leave out --scan-threshold, or scanThreshold in the environment.',
    });
  if (ecr?.repository) await refuseTagConflicts(target, { digest, client, repository: ecr.repository });
  const onProgress = ({ digest: blob, ...event }: BlobProgress): void =>
    reporter.report({
      kind: 'push-progress',
      ...event,
      digest: blob,
      name: blobs.get(blob) ?? shortDigest(blob),
    });
  const how = {
    tags: target.tags,
    mountFrom: siblingRepositories(target.reference.registry, store),
    onProgress,
    ...(ecr && ecrLimits),
  };
  const result = await pushToRegistry(client, source, target.reference, how).catch(async (error: unknown) => {
    throw ecr === undefined ? error : await explainEcr(error, { target, digest, client });
  });
  rememberRepository(target.reference.registry, target.reference.repository, store);
  reporter.report({ kind: 'push-done', names, digest, ...counts(result), ms: performance.now() - started });
  if (ecr === undefined || scanThreshold === undefined) return { result };
  const image = { repository: target.reference.repository, digest };
  return {
    result,
    scan: await awaitAcceptableScan(ecr.registry, image, { threshold: scanThreshold, reporter, signal }),
  };
}

function shortDigest(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

function counts({ uploaded, mounted, existing, bytes }: PushResult) {
  return { uploaded, mounted, existing, bytes };
}

function sum(results: readonly PushResult[]): PushReport {
  const add = (key: 'uploaded' | 'mounted' | 'existing' | 'bytes') =>
    results.reduce((total, result) => total + result[key], 0);
  return {
    registry: [...new Set(results.map(({ registry }) => registry))].join(', '),
    uploaded: add('uploaded'),
    mounted: add('mounted'),
    existing: add('existing'),
    bytes: add('bytes'),
  };
}
