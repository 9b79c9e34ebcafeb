import { z } from 'zod';

/** A whole number in a range, with a default. */
export function whole(least: number, most: number, standard: number) {
  return z.int().min(least).max(most).default(standard);
}

/** A switch, with a default. */
export function flag(standard: boolean) {
  return z.boolean().default(standard);
}

/** An optional mapping, by default with the defaults of all its settings. */
export function section<T extends z.ZodRawShape>(shape: T, about: string) {
  return z
    .strictObject(shape)
    .prefault({} as never)
    .describe(about);
}

/** A text that must match a pattern; `words` name the expected value in the error message. */
export function like(pattern: RegExp, words: string) {
  return z.string().regex(pattern, { error: `must be ${words}` });
}

export const regionName = like(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region, like eu-central-1');
export const ipv4Block = like(
  /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!\/)|(?=\/))){4}\/(3[0-2]|[12]?\d)$/,
  'a block of addresses, like 203.0.113.0/24',
);
export const mailAddress = like(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'a mail address');
export const arn = like(/^arn:aws[a-z-]*:\S+$/, 'an ARN');
