import { BuilderError } from '../errors.js';
import type { BuildContext, BuildOptions, BuildResult } from './build-options.js';

/** From spec and playbook to an image. */
export function buildImage(_options: BuildOptions, _context: BuildContext): Promise<BuildResult> {
  return Promise.reject(new BuilderError('Building is not there yet', { code: 'failed' }));
}
