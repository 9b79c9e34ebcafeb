import { checkEnvironment } from './environment/check-environment.js';
import { environmentSettings } from './environment/environment-settings.js';

/**
 * What `infra-cfn/environments/<name>.yaml` may say: where images and platforms go, and how they look. All may be left
 * out: what is left out is as `prod` should have it.
 */
export const environmentSchema = environmentSettings.superRefine(checkEnvironment);
