import type { Image } from '../image/image.js';
import type { OciConfig } from '../image/oci-documents.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { BuildContext } from '../context.js';

/** An image to be looked at, and where it was found. */
export interface OpenedImage extends Image {
  /** As the user calls it. */
  readonly name: string;
  readonly from: 'build' | 'layout' | 'docker' | 'registry';
  /** Of the index that it was chosen from. */
  readonly index?: IndexFacts | undefined;
}

export interface IndexFacts {
  readonly digest: Digest;
  /** `linux/arm64/v8` and so on. */
  readonly platforms: readonly string[];
}

/** What opening an image needs. */
export interface OpenContext {
  readonly store: Store;
  readonly environment: BuildContext['environment'];
  readonly signal: AbortSignal;
  /** Relative paths start here: absolute. */
  readonly workingFolder: string;
  /** Undefined outside of a project: then there are no images of its own. */
  readonly projectFolder: string | undefined;
  /** As "linux/amd64". */
  readonly platform: string;
}

/** "linux/arm64/v8". */
export function platformOf({
  os,
  architecture,
  variant,
}: Pick<OciConfig, 'os' | 'architecture' | 'variant'>): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}
