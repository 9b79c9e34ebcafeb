import { BuilderError } from '../errors.js';
import { isForPlatform } from '../image/source-image.js';
import { openBuiltImage } from './open-built-image.js';
import { openDockerImage } from './open-docker-image.js';
import { openLayoutImage } from './open-layout-image.js';
import { openRemoteImage } from './open-remote-image.js';
import { type OpenContext, type OpenedImage, platformOf } from './image.js';

const openers: readonly (readonly [
  prefix: string,
  open: (text: string, context: OpenContext) => Promise<OpenedImage>,
])[] = [
  ['oci:', openLayoutImage],
  ['docker:', openDockerImage],
];

/**
 * Opens an image by its name: `oci:FOLDER[:NAME]`, `docker:NAME`, an image of this project (its last build), else a reference
 * to a registry. Reads layers only when they are opened.
 * @throws BuilderError if there is none
 */
export async function openImage(text: string, context: OpenContext): Promise<OpenedImage> {
  const known = openers.find(([prefix]) => text.startsWith(prefix));
  const image =
    known !== undefined
      ? await known[1](text.slice(known[0].length), context)
      : ((await openBuiltImage(text, context)) ?? (await openRemoteImage(text, context)));
  const { config } = image;
  if (isForPlatform(config, context.platform)) return { ...image, name: text };
  throw new BuilderError(`${text} is for ${platformOf(config)}, not for ${context.platform}`, {
    code: 'failed',
    hint: `look at it with --platform ${platformOf(config)}`,
  });
}
