import type { z } from 'zod';
import type { imageSchema } from './image-schema.js';

/** What `image.yaml` says, with defaults filled in, and where it was found. */
export type ImageSpec = z.output<typeof imageSchema> & {
  /** The spec's path, relative to the project: "images/wordpress/image.yaml". */
  readonly file: string;
  /** Absolute path of the folder that it is in. */
  readonly folder: string;
};
