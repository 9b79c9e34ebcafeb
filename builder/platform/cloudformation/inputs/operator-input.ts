import { BuilderError } from '../../../errors.js';
import type { PlatformWish } from '../../driver.js';
import type { FoundInput, InputSources } from './input-sources.js';

/**
 * Who reaches the site until it is open: who was given, else who it was, else who is named when asked. Nobody is admitted unasked.
 * @throws BuilderError `usage` where the environment's file says it already
 */
export async function operatorInput(
  { operator, askOperator }: PlatformWish,
  { context, there }: InputSources,
): Promise<FoundInput> {
  const { edge, file } = context.spec;
  if (operator !== undefined && (edge.open || edge.admit.length > 0))
    throw new BuilderError(
      `${file} says who may come (edge.${edge.open ? 'open' : 'admit'}): --from can't be combined with it`,
      { code: 'usage' },
    );
  if (edge.open || edge.admit.length > 0) return {};
  const before = ['waf-cdn', 'admission'].map((name) => there.get(name)?.parameters['OperatorCidrs']);
  const known = operator ?? before.find((cidrs) => cidrs !== undefined && cidrs !== '');
  const value = known ?? (await askOperator?.());
  if (value !== undefined) return { value };
  return {
    note: 'Who may reach the site until it is set up is not said yet: --from ADDRESS, or edge.admit.',
    missing: `Say who may reach the site until it is set up, for an installer open to the world is somebody else's site: --from 203.0.113.7/32 (your address, with /32), or edge.admit in ${file}.`,
  };
}
