import type { LocalContext } from './local-context.js';
import { partTable } from './parts/part-table.js';

/** Makes the secrets and certificates that are missing: from here on definitions can be made whole. */
export async function prepareState(context: LocalContext): Promise<void> {
  const { secrets, authority, reporter } = context;
  for (const name of secrets.missing()) secrets.make(name);
  if (authority.isLost())
    reporter.report({
      kind: 'warning',
      text: `The authority's certificate or key was lost, and a new one is made: browsers that trusted the old one must trust ${authority.certificatePath}`,
    });
  for (const { name, certificate } of partTable)
    if (certificate !== undefined && (await authority.find(name)) === undefined)
      await authority.issue(name, certificate);
}
