import { type Digest, digestOf } from '../store/digest.js';
import type { Step } from './step.js';
import { canonicalJson } from '../json.js';

/** Raised when the meaning of keys, records or normalisation changes: all of the cache is then unknown. */
const formatVersion = 3;

/** Inputs that all steps of an image depend on. */
export interface KeyContext {
  readonly platform: string;
  readonly epoch: number;
  /** What commands see besides their own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Gives the key of a step. */
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

/** The key of a step: rendered arguments, digests of the files used, the module's version, platform and epoch. Never YAML, never times of files. */
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
