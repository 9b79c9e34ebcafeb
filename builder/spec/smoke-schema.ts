import { z } from 'zod';

/** A check of a container of the new image. */
export type SmokeCheck = {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly withinSeconds: number;
} & (
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly exitCode: number }
  | {
      readonly kind: 'http';
      readonly port: number;
      readonly path: string;
      readonly status: number;
      readonly contains?: string | undefined;
    }
);

const http = z.strictObject({
  port: z.int().min(1).max(65535).describe('The port in the container.'),
  path: z
    .string()
    .regex(/^\//, { error: 'must begin with a slash' })
    .default('/')
    .describe('Path and query.'),
  status: z.int().min(100).max(599).default(200).describe('The expected status.'),
  contains: z.string().optional().describe('A text that the body must contain.'),
});

const fields = z.strictObject({
  name: z.string().min(1).describe('Name of the check, shown in messages.'),
  command: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Run in its own container, instead of the image's entrypoint."),
  exitCode: z
    .int()
    .min(0)
    .max(255)
    .optional()
    .describe('With `command`: the expected exit code; 0 by default.'),
  http: http.optional().describe('Request to a container that runs as in production.'),
  environment: z.record(z.string(), z.string()).default({}).describe("Added to the image's own."),
  withinSeconds: z.number().min(0).max(3600).default(10).describe('The check fails after this time.'),
});

type Fields = z.output<typeof fields>;

/** Checks that must pass before the image is tagged, loaded or pushed. */
export const smokeSchema = z
  .array(fields.superRefine(oneKind).transform(toCheck))
  .default([])
  .describe('Checks of a container of the new image, before it is tagged.');

function oneKind({ command, http, exitCode }: Fields, context: z.RefinementCtx): void {
  if ((command === undefined) === (http === undefined))
    context.addIssue({ code: 'custom', message: 'must have either command or http' });
  if (exitCode !== undefined && command === undefined)
    context.addIssue({ code: 'custom', message: 'works only with command', path: ['exitCode'] });
}

function toCheck({ name, environment, withinSeconds, command, exitCode, http }: Fields): SmokeCheck {
  const common = { name, environment, withinSeconds };
  if (command) return { ...common, kind: 'command', command, exitCode: exitCode ?? 0 };
  return { ...common, kind: 'http', ...(http ?? { port: 80, path: '/', status: 200 }) };
}
