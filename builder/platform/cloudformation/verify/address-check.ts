import { siteAddress } from '../site-address.js';
import type { Check } from './check.js';

/** The site's address answers. Until it is open, it answers only those who are admitted. */
export const addressCheck: Check = {
  name: 'address',
  async look({ spec, ask }, { outputs }) {
    const address = siteAddress(outputs, spec);
    if (address === undefined) return undefined;
    const status = await ask(address);
    if (status !== undefined && status < 500 && (status !== 403 || spec.edge.open))
      return { state: 'ok', detail: `${address} answers (${status})` };
    if (!spec.edge.open && (status === undefined || status === 403))
      return {
        state: 'unsure',
        detail: `${address} does not answer from here, which is right unless this machine is one of those admitted`,
      };
    const what = status === undefined ? 'does not answer' : `answers ${status}`;
    return {
      state: 'pending',
      detail: `${address} ${what}`,
      hint: 'A new name or distribution takes some minutes to be known everywhere: "platen status" looks again.',
    };
  },
};
