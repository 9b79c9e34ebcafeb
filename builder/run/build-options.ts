import type { ScanFinding } from '../aws/ecr/ecr-registry.js';
import type { BuildOutput } from '../deliver/output.js';
import type { PushReport } from '../deliver/push/push-report.js';
import type { PushChoices } from '../deliver/push/push-choices.js';
import type { CachedLayer } from '../steps/layer-plan.js';
import type { EngineChoice } from '../engine/engine-choice.js';
import type { TagChoice } from '../steps/play-playbook.js';
import type { VaultSource } from '../playbook/vault/vault-password.js';
import type { StepReport } from '../steps/step-report.js';

/** The options of `platen build`. */
export interface BuildOptions extends TagChoice {
  /** A folder's name below `images/`. */
  readonly image: string;
  /** Names for the image; default: `<image>:latest`, except with `--tags` or `--skip-tags`. */
  readonly tags: readonly string[];
  /** `HOST[/PREFIX]`: each name without a registry also gives a name below it. */
  readonly registry?: string | undefined;
  /** Push the image under its names with a registry. */
  readonly push?: PushChoices | undefined;
  /** Give the reason for each step that runs (or would run). */
  readonly explain: boolean;
  /** Run every step again on the existing base. */
  readonly noCache: boolean;
  /** Run every step twice, and fail if the results differ. */
  readonly checkReproducible?: boolean | undefined;
  /** Load the image into Docker; with `auto` only if Docker answers, otherwise write an OCI layout. */
  readonly load: boolean | 'auto';
  /** Run the spec's smoke checks before the image is tagged. */
  readonly smoke: boolean;
  /** Open a shell in the container where a step failed. */
  readonly onError?: 'shell' | undefined;
  /** Values of `--var`, as typed; the spec defines their types. */
  readonly variables: Readonly<Record<string, string>>;
  /** Sources of the passwords of ansible-vault, in the order to try them. */
  readonly vault?: readonly VaultSource[] | undefined;
  readonly output?: BuildOutput | undefined;
  readonly engine: EngineChoice;
  /** Resolve the tags of base images again, and update the lock. */
  readonly updateLock?: boolean | undefined;
}

/** What `platen build --json` prints. */
export interface BuildResult {
  readonly image: string;
  /** The manifest's; null in a plan that would run a step. */
  readonly digest: string | null;
  readonly tags: readonly string[];
  readonly layers: readonly LayerResult[];
  readonly steps: readonly StepReport[];
  readonly ms: number;
  readonly loaded: boolean;
  /** The OCI layout that the image is in because no Docker engine answered: an absolute path. */
  readonly layout?: string | undefined;
  /** The blobs that a push sent; null without a push. */
  readonly pushed: PushReport | null;
  /** Set if a scan was awaited. */
  readonly scan?: readonly ScanFinding[] | undefined;
}

export interface LayerResult {
  readonly name: string;
  /** Of the compressed blob. */
  readonly digest: string;
  /** Of the uncompressed tar. */
  readonly diffId: string;
  /** Compressed, in bytes. */
  readonly size: number;
  readonly cached: boolean;
}

/** A layer for the result. */
export function layerResult({ name, blob: { digest, size }, diffId, cached }: CachedLayer): LayerResult {
  return { name, digest, diffId, size, cached };
}
