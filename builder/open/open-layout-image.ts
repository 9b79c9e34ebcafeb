import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOciLayout } from '../image/read-oci-layout.js';
import type { OpenContext, OpenedImage } from './image.js';
import { withKnownTars } from './stored-image.js';

/** Opens `FOLDER`, or `FOLDER:NAME` if a layout has several images. */
export function openLayoutImage(
  text: string,
  { store, platform, workingFolder }: OpenContext,
): Promise<OpenedImage> {
  const whole = resolve(workingFolder, text);
  const [, folder = '', reference = ''] = /^(.+?):(.+)$/.exec(text) ?? [];
  const named = !existsSync(whole) && existsSync(join(resolve(workingFolder, folder), 'oci-layout'));
  const source = named
    ? readOciLayout(resolve(workingFolder, folder), { platform, reference })
    : readOciLayout(whole, { platform });
  return Promise.resolve({ ...withKnownTars(source, store), name: text, from: 'layout' as const });
}
