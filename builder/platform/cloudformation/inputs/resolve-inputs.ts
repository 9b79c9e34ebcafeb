import type { PlatformWish } from '../../driver.js';
import { amiInput } from './ami-input.js';
import { imageInput } from './image-input.js';
import type { FoundInput, InputSources } from './input-sources.js';
import { operatorInput } from './operator-input.js';
import { prefixListInput } from './prefix-list-input.js';

/** What a deployment brings along (`inputs:` of platform.yaml). */
export interface DeploymentInputs {
  /** By their names; those that are not known are left out: plans take their examples. */
  readonly values: Readonly<Record<string, string>>;
  /** An image of this project that has to be pushed first. */
  readonly publish?: string | undefined;
  /** What a plan should say. */
  readonly notes: readonly string[];
  /** What a deployment can't do without: one sentence each, with what to do. */
  readonly missing: readonly string[];
}

type FindInput = (wish: PlatformWish, sources: InputSources) => Promise<FoundInput> | FoundInput;

const inputs: Readonly<Record<string, FindInput>> = {
  image: imageInput,
  ami: amiInput,
  operator: operatorInput,
  cloudfrontPrefixList: prefixListInput,
  databaseSnapshot: (wish, { there }) => ({
    value: wish.restore?.snapshot ?? there.get('database')?.parameters['Snapshot'] ?? '',
  }),
  databaseSuffix: (wish, { there }) => ({
    value: wish.restore?.suffix ?? there.get('database')?.parameters['Suffix'] ?? '',
  }),
  nonce: (wish, { there }) => ({
    value: wish.nonce ?? there.get('service')?.parameters['DeploymentNonce'],
  }),
};

/** The inputs of a deployment: those asked for, else those that it has, else those of AWS and of this machine. @throws BuilderError */
export async function resolveInputs(wish: PlatformWish, sources: InputSources): Promise<DeploymentInputs> {
  const values: Record<string, string> = {};
  const notes: string[] = [];
  const missing: string[] = [];
  let publish: string | undefined;
  for (const [name, find] of Object.entries(inputs)) {
    const found = await find(wish, sources);
    if (found.value !== undefined) values[name] = found.value;
    if (found.note !== undefined) notes.push(found.note);
    if (found.missing !== undefined) missing.push(found.missing);
    publish = found.publish ?? publish;
  }
  return { values, publish, notes, missing };
}
