import { type Digest, digestOf } from '../store/digest.js';
import type { Step } from './step.js';
import { canonicalJson } from '../json.js';

/** Raise it when the meaning of keys, records or normalisation changes: that invalidates the whole cache. */
const formatVersion = 3;

/** Inputs that all steps of an image depend on. */
export interface KeyContext {
  readonly platform: string;
  readonly epoch: number;
  /** Environment of the base, visible to commands. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Returns the key of a step. */
export type StepKeys = (step: Step) => Digest;

/** The keys of an image's steps, each computed once. */
export function stepKeys(context: KeyContext): StepKeys {
  const known = new WeakMap<Step, Digest>();
  return (step) => {
    const key = known.get(step) ?? stepKey(step, context);
    known.set(step, key);
    return key;
  };
}

/** The key of a step: rendered arguments, digests of files, the module's version, platform and epoch; never YAML or times of files. */
export function stepKey(step: Step, context: KeyContext): Digest {
  const { module, args, files } = step.inputs;
  const names = Object.keys(files).sort();
  const { environment = {} } = context;
  const seen = step.kind === 'exec' && Object.keys(environment).length > 0 ? [environment] : [];
  return digestOf(
    canonicalJson([
      formatVersion,
      context.platform,
      context.epoch,
      module,
      args,
      names.map((name) => files[name] ?? null),
      ...seen,
    ]),
  );
}
