import type { Image } from '../image/image.js';
import type { OciConfig } from '../image/oci-documents.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { BuildContext } from '../context.js';

/** An opened image, and its source. */
export interface OpenedImage extends Image {
  /** The user's name for it. */
  readonly name: string;
  readonly from: 'build' | 'layout' | 'docker' | 'registry';
  /** Set if it was chosen from an index. */
  readonly index?: IndexFacts | undefined;
}

export interface IndexFacts {
  readonly digest: Digest;
  /** For example `linux/arm64/v8`. */
  readonly platforms: readonly string[];
}

/** The context for opening images. */
export interface OpenContext {
  readonly store: Store;
  readonly environment: BuildContext['environment'];
  readonly signal: AbortSignal;
  /** Absolute; relative paths start here. */
  readonly workingFolder: string;
  /** Undefined outside of a project, which has images of its own. */
  readonly projectFolder: string | undefined;
  /** For example "linux/amd64". */
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
