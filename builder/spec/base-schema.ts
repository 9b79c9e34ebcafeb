import { z } from 'zod';

/** What the first layers come from. */
export type Base =
  | {
      readonly kind: 'debian';
      readonly suite: string;
      readonly packages: readonly string[];
      readonly mirror?: string;
    }
  | { readonly kind: 'oci'; readonly path: string }
  | { readonly kind: 'image'; readonly reference: string };

const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.:-]+$/, { error: 'must be the name of a Debian package' });

const fields = z.strictObject({
  debian: z.enum(['trixie']).optional().describe('Bootstrap this release of Debian from its packages.'),
  packages: z.array(packageName).optional().describe('With `debian`: packages beside the essential ones.'),
  mirror: z
    .string()
    .regex(/^(https?|file):\/\/\S+$/, { error: 'must be an address like http://mirror.example/debian' })
    .optional()
    .describe("With `debian`: where the packages come from, instead of the tools' own default."),
  oci: z.string().min(1).optional().describe("An OCI image layout: a folder, relative to this file's own."),
  image: z
    .string()
    .regex(/^[a-z0-9][^\s@]*@sha256:[0-9a-f]{64}$/, {
      error: 'must name an image by its digest, like registry.example/php@sha256:…',
    })
    .optional()
    .describe('An image of a registry, by digest.'),
});

type Fields = z.output<typeof fields>;

/** Exactly one of `debian`, `oci` and `image`. */
export const baseSchema = fields.superRefine(oneKind).transform(toBase).describe('What the image stands on.');

function oneKind(base: Fields, context: z.RefinementCtx): void {
  const kinds = (['debian', 'oci', 'image'] as const).filter((kind) => base[kind] !== undefined);
  const complain = (message: string, path: string[] = []): void =>
    context.addIssue({ code: 'custom', message, path });
  if (kinds.length !== 1)
    complain(`must have exactly one of debian, oci and image, and has ${kinds.join(' and ') || 'none'}`);
  if (base.debian !== undefined) return;
  if (base.packages) complain('goes only with debian', ['packages']);
  if (base.mirror !== undefined) complain('goes only with debian', ['mirror']);
}

function toBase({ debian, packages = [], mirror, oci, image = '' }: Fields): Base {
  if (debian !== undefined)
    return { kind: 'debian', suite: debian, packages, ...(mirror === undefined ? {} : { mirror }) };
  return oci === undefined ? { kind: 'image', reference: image } : { kind: 'oci', path: oci };
}
