import { join, resolve } from 'node:path';
import type { Image } from '../image/assemble-image.js';
import { writeOciLayout } from '../image/oci-layout.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { Store } from '../store/store.js';
import type { BuildOptions } from '../run/build-options.js';
import type { BuildContext } from '../context.js';
import { isCheckDue } from '../containers/check-image.js';

/** Where images go by themselves on a machine without Docker, below the project. */
const layoutsFolder = 'dist/images';

interface Undelivered {
  readonly spec: ImageSpec;
  readonly tags: readonly string[];
  readonly store: Store;
  readonly options: BuildOptions;
  readonly context: BuildContext;
  /** Why Docker does not have the image. */
  readonly why: string;
}

/**
 * Leaves an image that Docker could not take in an OCI layout, unless it was written to a place of the user's choice, and
 * says how to load it. Gives the layout's absolute path. @throws BuilderError `failed` where it can't be written
 */
export function deliverWithoutDocker(image: Image, wanted: Undelivered): string | undefined {
  const { spec, tags, store, options, context, why } = wanted;
  const { reporter, projectFolder } = context;
  const { output } = options;
  if (output !== undefined) {
    const place = `${output.kind}:${resolve(projectFolder, output.path)}`;
    reporter.report({
      kind: 'warning',
      text: `${why}: the image is in ${place} alone${unchecked(image, wanted)}`,
    });
    return output.kind === 'oci' ? resolve(projectFolder, output.path) : undefined;
  }
  const folder = join(projectFolder, layoutsFolder, options.image);
  const started = performance.now();
  const reference = tags[0] ?? spec.name;
  writeOciLayout(image, { folder, reference, platform: spec.platform }, store);
  reporter.report({ kind: 'written', path: folder, ms: performance.now() - started });
  reporter.report({
    kind: 'warning',
    text: `${why}: the image is in that OCI layout instead${unchecked(image, wanted)}`,
  });
  reporter.report({ kind: 'message', text: waysOn(folder, reference) });
  return folder;
}

function unchecked(image: Image, wanted: Undelivered): string {
  return isCheckDue(image, wanted) ? ', its smoke checks were not run' : '';
}

/** How an image gets from a layout to where it can run. */
function waysOn(folder: string, reference: string): string {
  return [
    'To load it from there:',
    `  skopeo copy oci:${folder} docker-daemon:${reference}`,
    `  skopeo copy oci:${folder} containers-storage:${reference}    # Podman`,
    'To push it:',
    `  platen push oci:${folder} --registry HOST/PREFIX`,
  ].join('\n');
}
