import type { Store } from '../store/store.js';
import type { StoredImage } from './image.js';
import type { StoredLayer } from './layer.js';
import { packImage } from './pack-image.js';

/** How to run containers of the image, in OCI's terms (OCI image specification, config.md). */
export interface RunConfiguration {
  readonly entrypoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly user?: string | undefined;
  readonly workingDirectory?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** For example "8080/tcp". */
  readonly ports?: readonly string[] | undefined;
  readonly volumes?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly stopSignal?: string | undefined;
  readonly healthCheck?: HealthCheck | undefined;
  /** The shell of a Dockerfile's RUN, inherited from a base (`SHELL`, Docker's addition). */
  readonly shell?: readonly string[] | undefined;
}

export interface HealthCheck {
  readonly command: readonly string[];
  readonly intervalSeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly retries?: number | undefined;
  readonly startPeriodSeconds?: number | undefined;
  /** Interval of checks during the start; Docker 25 and later. */
  readonly startIntervalSeconds?: number | undefined;
}

/** A layer, and the name of its source. */
export type NamedLayer = StoredLayer & { readonly name: string };

/** Makes configuration and manifest (OCI image specification, config.md and manifest.md) and stores them. */
export function assembleImage(
  parts: { layers: readonly NamedLayer[]; run: RunConfiguration; epoch: number; platform: string },
  store: Store,
): StoredImage {
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
  return packImage(configBytes, layers, store);
}

/** Docker counts durations in nanoseconds. */
const nanoseconds = 1_000_000_000;

function runSection(run: RunConfiguration): Record<string, unknown> {
  const { healthCheck } = run;
  const duration = (seconds: number | undefined) =>
    seconds === undefined ? undefined : Math.round(seconds * nanoseconds);
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
      StartInterval: duration(healthCheck.startIntervalSeconds),
      Retries: healthCheck.retries,
    },
    Shell: run.shell,
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
