import type { GivenValue } from '../template/resolve-parameters.js';
import { isPending } from '../template/pending.js';
import type { PlatformStack, StackParameter } from '../graph/platform.js';

/** Outputs of stacks that are there, by the stack's name and the output's. */
export type StackOutputs = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * The parameters of a stack as CloudFormation takes them: lists with commas. Undefined for the names of `missing` outputs: stacks
 * that are not there yet.
 */
export function stackParameters(
  { parameters }: PlatformStack,
  outputs: StackOutputs,
): { readonly known: Readonly<Record<string, string>>; readonly missing: readonly string[] } {
  const known: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = valueOf(parameter, outputs, missing);
    if (value !== undefined) known[name] = value;
  }
  return { known, missing };
}

function valueOf(parameter: StackParameter, outputs: StackOutputs, missing: string[]): string | undefined {
  if (parameter.kind === 'known') return textOf(parameter.value);
  const texts = parameter.parts.map((part) => {
    if (typeof part === 'string') return part;
    const found = outputs.get(part.stack)?.[part.output];
    if (found === undefined) missing.push(`${part.stack}.${part.output}`);
    return found;
  });
  return texts.includes(undefined) ? undefined : texts.join('');
}

function textOf(value: GivenValue): string | undefined {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' && isPending(value) ? undefined : String(value);
}
