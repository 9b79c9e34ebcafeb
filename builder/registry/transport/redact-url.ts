/** Query parameters without secrets (distribution specification; token specification). */
const shownParameters = new Set(['digest', 'mount', 'from', 'n', 'last', 'service', 'scope', 'ns']);

/** A URL for messages: without user and fragment, and with the values of harmless parameters only. */
export function redactUrl(url: URL): string {
  const parameters = [...url.searchParams].map(
    ([name, value]) => `${name}=${shownParameters.has(name) ? value : '…'}`,
  );
  return `${url.origin}${url.pathname}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}`;
}
