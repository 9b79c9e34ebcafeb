import { checkEnvironment } from './environment/check-environment.js';
import { environmentSettings } from './environment/environment-settings.js';

/**
 * The contents of `infra-cfn/environments/<name>.yaml`: where images and platforms go, and their settings. All settings are
 * optional; the defaults suit `prod`.
 */
export const environmentSchema = environmentSettings.superRefine(checkEnvironment);
