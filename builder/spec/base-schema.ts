import { z } from 'zod';
import { parseReference } from '../registry/reference.js';

/** The source of the first layers. */
export type Base =
  | {
      readonly kind: 'debian';
      readonly suite: string;
      readonly packages: readonly string[];
      readonly mirror?: string;
      readonly bootstrap?: string;
    }
  | { readonly kind: 'oci'; readonly path: string }
  | { readonly kind: 'image'; readonly reference: string };

const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.:-]+$/, { error: 'must be the name of a Debian package' });

const fields = z.strictObject({
  debian: z.enum(['trixie']).optional().describe('Bootstrap this release of Debian from its packages.'),
  packages: z.array(packageName).optional().describe('With `debian`: packages besides the essential ones.'),
  mirror: z
    .string()
    .regex(/^(https?|file):\/\/\S+$/, { error: 'must be an address like http://mirror.example/debian' })
    .optional()
    .describe("With `debian`: the address of the mirror, instead of mmdebstrap's default."),
  bootstrap: z
    .string()
    .superRefine(aReference)
    .optional()
    .describe(
      'With `debian`: an image with apt, in which mmdebstrap runs if this machine has none; its tag is locked. Default: docker.io/library/debian:trixie.',
    ),
  oci: z.string().min(1).optional().describe("An OCI image layout: a folder, relative to this file's own."),
  image: z
    .string()
    .superRefine(aReference)
    .optional()
    .describe(
      'An image of a registry: [HOST[:PORT]/]REPOSITORY[:TAG][@sha256:DIGEST]. A tag is locked in image.lock.yaml.',
    ),
});

function aReference(text: string, context: z.RefinementCtx): void {
  try {
    parseReference(text);
  } catch (error) {
    const why = (error as Error).message.replace(/^.*? is not the name of an image: /s, '');
    context.addIssue({
      code: 'custom',
      message: `must name an image of a registry, like registry.example/php:8.4: ${why}`,
    });
  }
}

type Fields = z.output<typeof fields>;

/** Exactly one of `debian`, `oci` and `image`. */
export const baseSchema = fields.superRefine(oneKind).transform(toBase).describe('The base of the image.');

function oneKind(base: Fields, context: z.RefinementCtx): void {
  const kinds = (['debian', 'oci', 'image'] as const).filter((kind) => base[kind] !== undefined);
  const complain = (message: string, path: string[] = []): void =>
    context.addIssue({ code: 'custom', message, path });
  if (kinds.length !== 1)
    complain(`must have exactly one of debian, oci and image, and has ${kinds.join(' and ') || 'none'}`);
  if (base.debian !== undefined) return;
  if (base.packages) complain('works only with debian', ['packages']);
  for (const key of ['mirror', 'bootstrap'] as const)
    if (base[key] !== undefined) complain('works only with debian', [key]);
}

function toBase({ debian, packages = [], mirror, bootstrap, oci, image = '' }: Fields): Base {
  if (debian !== undefined)
    return {
      kind: 'debian',
      suite: debian,
      packages,
      ...(mirror === undefined ? {} : { mirror }),
      ...(bootstrap === undefined ? {} : { bootstrap }),
    };
  return oci === undefined ? { kind: 'image', reference: image } : { kind: 'oci', path: oci };
}
