import { z } from 'zod';
import { validate } from '../../spec/validate.js';
import type { PlatformStack } from '../graph/platform.js';
import type { Template } from '../template/template.js';

/** That a resource need not pass a control, and why. */
export interface Waiver {
  readonly resource: string;
  /** "RDS.23", "AwsSolutions-EC23", "CKV_AWS_18". */
  readonly rule: string;
  readonly reason: string;
  /** It counts only where parameters have these values; always, where it says none. */
  readonly when: Readonly<Record<string, unknown>>;
}

const waiver = z.strictObject({
  rule: z.string().min(1),
  reason: z.string().min(15, { error: 'must say why, in a few words' }),
  when: z.record(z.string(), z.unknown()).default({}),
});
const metadataSchema = z.strictObject({ Waivers: z.array(waiver).min(1) });

/**
 * The waivers of a template, in the one form for all checkers: `Metadata: Platen: Waivers: [{rule, reason, when}]` beside
 * the resource. @throws SpecError where one says no reason
 */
export function waiversOf(template: Template): Waiver[] {
  return Object.entries(template.Resources).flatMap(([resource, { Metadata: metadata }]) => {
    if (metadata?.Platen === undefined) return [];
    const path = ['Resources', resource, 'Metadata', 'Platen'];
    const { source } = template;
    const found = validate(metadataSchema, {
      ...source,
      data: metadata.Platen,
      originOf: (below) => source.originOf([...path, ...below]),
      originOfKey: (below) => source.originOfKey([...path, ...below]),
    });
    return found.Waivers.map((one) => ({ resource, ...one }));
  });
}

/** Whether a waiver counts in a stack, for its parameters or their defaults. */
export function waiverCounts({ when }: Waiver, stack: PlatformStack): boolean {
  return Object.entries(when).every(([name, wanted]) => {
    const given = stack.parameters[name];
    if (given === undefined) return String(stack.template.Parameters[name]?.Default) === String(wanted);
    return given.kind === 'known' && String(given.value) === String(wanted);
  });
}
