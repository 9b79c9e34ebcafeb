/** Query parameters that hold no secrets (distribution specification; token specification). */
const shownParameters = new Set(['digest', 'mount', 'from', 'n', 'last', 'service', 'scope', 'ns']);

/** A URL as messages show it: no user, no fragment, and only the parameters known to be harmless keep their values. */
export function redactUrl(url: URL): string {
  const parameters = [...url.searchParams].map(
    ([name, value]) => `${name}=${shownParameters.has(name) ? value : '…'}`,
  );
  return `${url.origin}${url.pathname}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}`;
}
