import type { OciConfig } from './oci-documents.js';

/**
 * Returns a display name for each layer, lowest first, from the image's history (OCI image specification, config.md,
 * "history"), without the builders' boilerplate; "layer 3" if the history has no text.
 */
export function layerNames({ history, rootfs }: Pick<OciConfig, 'history' | 'rootfs'>): string[] {
  const steps = (history ?? []).filter(({ empty_layer: empty }) => empty !== true);
  // If their numbers differ, the history would name the wrong layers.
  const told = steps.length === rootfs.diff_ids.length;
  return rootfs.diff_ids.map((_, index) => {
    const { created_by: made, comment } = steps[index] ?? {};
    return (told && (plainStep(made ?? '') || plainStep(comment ?? ''))) || `layer ${index + 1}`;
  });
}

/** Turns `/bin/sh -c #(nop) ADD file:…` into ADD and `|1 A=b /bin/sh -c make` into RUN (Docker), and drops `# buildkit`. */
function plainStep(step: string): string {
  return step
    .replace(/^platen: /, '')
    .replace(/^(\|\d+ .*?)?\/bin\/sh -c #\(nop\)\s*/s, '')
    .replace(/^(RUN )?(\|\d+ .*?)?\/bin\/sh -c /s, 'RUN ')
    .replace(/\s*# buildkit$/, '')
    .replace(/\b(file|dir|multi):([0-9a-f]{8})[0-9a-f]{56}/g, '$1:$2')
    .replace(/\s+/g, ' ')
    .trim();
}
