import type { AwsContext } from '../aws-context.js';

/** The service's name, as service.yaml gives it: known before its stack has outputs. */
export function serviceNameOf({ name }: Pick<AwsContext, 'name'>): string {
  return `${name}-wordpress`;
}
