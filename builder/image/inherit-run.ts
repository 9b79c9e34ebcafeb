import type { HealthCheck, RunConfiguration } from './assemble-image.js';
import type { OciConfig } from './oci-documents.js';

const nanoseconds = 1_000_000_000;

/** How containers of a base image run (OCI image specification, config.md; `Healthcheck` is Docker's addition). */
export function runOf({ config }: OciConfig): RunConfiguration {
  if (!config) return {};
  return withoutUndefined({
    entrypoint: config.Entrypoint ?? undefined,
    command: config.Cmd ?? undefined,
    user: config.User || undefined,
    workingDirectory: config.WorkingDir || undefined,
    environment: config.Env && Object.fromEntries(config.Env.map(pair)),
    ports: config.ExposedPorts && Object.keys(config.ExposedPorts),
    volumes: config.Volumes && Object.keys(config.Volumes),
    labels: config.Labels ?? undefined,
    stopSignal: config.StopSignal ?? undefined,
    healthCheck: healthCheckOf(config.Healthcheck, shellOf(config.Shell)),
    shell: shellOf(config.Shell),
  });
}

/**
 * Combines an image's own settings with its base's, as a Dockerfile does after FROM: environment, labels, ports and volumes
 * are added, all others replaced; an own entrypoint drops the base's command.
 */
export function inheritRun(base: RunConfiguration, own: RunConfiguration): RunConfiguration {
  const { command, ...others } = base;
  const both = <T>(one: readonly T[] = [], two: readonly T[] = []) => [...new Set([...one, ...two])];
  return {
    ...others,
    ...(own.entrypoint === undefined && command !== undefined ? { command } : {}),
    ...withoutUndefined(own),
    environment: { ...base.environment, ...own.environment },
    labels: { ...base.labels, ...own.labels },
    ports: both(base.ports, own.ports),
    volumes: both(base.volumes, own.volumes),
  };
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function shellOf(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
}

function healthCheckOf(
  value: unknown,
  shell: readonly string[] = ['/bin/sh', '-c'],
): HealthCheck | undefined {
  const { Test, Interval, Timeout, StartPeriod, StartInterval, Retries } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const [kind, ...words] = Array.isArray(Test) ? Test.map(String) : [];
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') return undefined;
  const seconds = (given: unknown) =>
    typeof given === 'number' && given > 0 ? given / nanoseconds : undefined;
  return withoutUndefined({
    command: kind === 'CMD' ? words : [...shell, ...words],
    intervalSeconds: seconds(Interval),
    timeoutSeconds: seconds(Timeout),
    startPeriodSeconds: seconds(StartPeriod),
    startIntervalSeconds: seconds(StartInterval),
    retries: typeof Retries === 'number' && Retries > 0 ? Retries : undefined,
  });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], null> } {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null),
  ) as {
    [K in keyof T]: Exclude<T[K], null>;
  };
}
