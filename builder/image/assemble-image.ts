import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { Layer } from './write-layer.js';

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstdLayer: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const;

/** How containers of the image run, in the field's own words (OCI image specification, config.md). */
export interface RunConfiguration {
  readonly entrypoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly user?: string | undefined;
  readonly workingDirectory?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** As "8080/tcp". */
  readonly ports?: readonly string[] | undefined;
  readonly volumes?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly stopSignal?: string | undefined;
  readonly healthCheck?: HealthCheck | undefined;
}

export interface HealthCheck {
  readonly command: readonly string[];
  readonly intervalSeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly retries?: number | undefined;
  readonly startPeriodSeconds?: number | undefined;
}

export interface NamedLayer extends Layer {
  readonly name: string;
}

/** A finished image: everything it names is in the store. */
export interface Image {
  /** Of the manifest: what the image is known by in registries. */
  readonly digest: Digest;
  readonly manifestBytes: Buffer;
  /** Of the manifest, where it is not OCI's own. */
  readonly mediaType?: string | undefined;
  /** Of the configuration: what Docker calls the image's id. */
  readonly configDigest: Digest;
  readonly configBytes: Buffer;
  readonly layers: readonly NamedLayer[];
}

/** Makes configuration and manifest (OCI image specification, config.md and manifest.md) and puts them in the store. */
export function assembleImage(
  parts: { layers: readonly NamedLayer[]; run: RunConfiguration; epoch: number; platform: string },
  store: Store,
): Image {
  const { layers, run, epoch, platform } = parts;
  const [os, architecture] = platform.split('/');
  const created = new Date(epoch * 1000).toISOString().replace('.000Z', 'Z');
  const configBytes = jsonBytes({
    created,
    architecture,
    os,
    config: runSection(run),
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ name }) => ({ created, created_by: `platen: ${name}` })),
  });
  const configDigest = store.put(configBytes);
  const manifestBytes = jsonBytes({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: configDigest, size: configBytes.length },
    layers: layers.map(({ digest, compressedSize, mediaType = mediaTypes.layer }) => ({
      mediaType,
      digest,
      size: compressedSize,
    })),
  });
  return { digest: store.put(manifestBytes), manifestBytes, configDigest, configBytes, layers };
}

/** Docker counts durations in nanoseconds. */
const nanoseconds = 1_000_000_000;

function runSection(run: RunConfiguration): Record<string, unknown> {
  const { healthCheck } = run;
  const duration = (seconds: number | undefined) =>
    seconds === undefined ? undefined : seconds * nanoseconds;
  return {
    User: run.user,
    ExposedPorts: keysOf(run.ports),
    Env:
      run.environment &&
      Object.entries(run.environment)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    Entrypoint: run.entrypoint,
    Cmd: run.command,
    Volumes: keysOf(run.volumes),
    WorkingDir: run.workingDirectory,
    Labels: run.labels && Object.fromEntries(Object.entries(run.labels).sort(([a], [b]) => (a < b ? -1 : 1))),
    StopSignal: run.stopSignal,
    Healthcheck: healthCheck && {
      Test: ['CMD', ...healthCheck.command],
      Interval: duration(healthCheck.intervalSeconds),
      Timeout: duration(healthCheck.timeoutSeconds),
      StartPeriod: duration(healthCheck.startPeriodSeconds),
      Retries: healthCheck.retries,
    },
  };
}

function keysOf(names: readonly string[] | undefined): Record<string, object> | undefined {
  return names && names.length > 0
    ? Object.fromEntries([...names].sort().map((name) => [name, {}]))
    : undefined;
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
