import type { z } from 'zod';
import type { imageSchema } from './image-schema.js';

/** A validated `image.yaml` with defaults, and its place. */
export type ImageSpec = z.output<typeof imageSchema> & {
  /** The spec's path, relative to the project: "images/wordpress/image.yaml". */
  readonly file: string;
  /** Absolute path of its folder. */
  readonly folder: string;
};
