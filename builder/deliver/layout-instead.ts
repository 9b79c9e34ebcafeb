import type { ImageChecks } from '../containers/image-checks.js';
import { BuilderError } from '../errors.js';
import type { StoredImage } from '../image/image.js';
import type { LayoutPlace } from '../image/oci-layout.js';
import type { Reporter } from '../reporter.js';
import type { Destination } from './destination.js';
import type { BuildOutput } from './output.js';

interface Instead {
  /** The OCI layout to use. */
  readonly layout: Destination;
  readonly place: LayoutPlace;
  /** The image was already written here with `--output`: then no layout is needed. */
  readonly written?: BuildOutput | undefined;
  readonly checks: ImageChecks;
  readonly reporter: Reporter;
}

/**
 * Docker, or on a machine without it an OCI layout, unless the image was already written with `--output`. Explains how to load
 * it from there.
 */
export function layoutInstead(docker: Destination, instead: Instead): Destination {
  return {
    deliver: (image) =>
      docker.deliver(image).catch(async (error: unknown) => {
        if (!(error instanceof BuilderError) || error.code !== 'unavailable') throw error;
        const { written, layout, place, reporter } = instead;
        const { message: why } = error;
        if (written !== undefined) {
          const text = `${why}: the image is only in ${written.kind}:${written.path}${unchecked(image, instead)}`;
          reporter.report({ kind: 'warning', text });
          return { layout: written.kind === 'oci' ? written.path : undefined };
        }
        await layout.deliver(image);
        const text = `${why}: the image is in that OCI layout instead${unchecked(image, instead)}`;
        reporter.report({ kind: 'warning', text });
        reporter.report({ kind: 'message', text: waysOn(place) });
        return { layout: place.folder };
      }),
  };
}

function unchecked(image: StoredImage, { checks }: Instead): string {
  return checks.areDue(image) ? ', its smoke checks were not run' : '';
}

/** Explains how to load or push an image from a layout. */
function waysOn({ folder, reference }: LayoutPlace): string {
  return [
    'To load it from there:',
    `  skopeo copy oci:${folder} docker-daemon:${reference}`,
    `  skopeo copy oci:${folder} containers-storage:${reference}    # Podman`,
    'To push it:',
    `  platen push oci:${folder} --registry HOST/PREFIX`,
  ].join('\n');
}
