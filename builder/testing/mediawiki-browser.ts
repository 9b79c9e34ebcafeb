import type { Browser, Page } from './browser.js';

/** Values for the installer's fields, by name. */
export type Answers = Readonly<Record<string, string>>;

/** Goes through MediaWiki's installer with a browser; returns the headings of its pages, and the last page. */
export async function goThroughInstaller(
  browser: Browser,
  answers: Answers,
): Promise<{ steps: readonly string[]; last: Page }> {
  const steps: string[] = [];
  let last = await follow(browser, '/mw-config/index.php');
  while (last.text.includes('name="submit-continue"') && steps.length < 20) {
    const { action, fields } = form(last.text, '/mw-config/');
    steps.push(/[?&]page=(\w+)/.exec(action)?.[1] ?? action);
    const known = Object.entries(answers).filter(([name]) => name in fields);
    const answer = await browser.post(action, {
      ...fields,
      ...Object.fromEntries(known),
      'submit-continue': 'Continue',
    });
    last = answer.status === 302 ? await follow(browser, answer.headers.get('location') ?? '') : answer;
  }
  return { steps, last };
}

/** Logs in by the form; returns the answer. */
export async function logIn(browser: Browser, user: string, password: string): Promise<Page> {
  const { text } = await browser.get('/index.php?title=Special:UserLogin');
  const { action, fields } = form(text, 'Special:UserLogin');
  return browser.post(action, { ...fields, wpName: user, wpPassword: password, wploginattempt: 'Log in' });
}

/** Writes a page by the form; returns the answer. */
export async function edit(browser: Browser, title: string, wikitext: string): Promise<Page> {
  const { text } = await browser.get(`/index.php?title=${title}&action=edit`);
  const { action, fields } = form(text, 'action=submit');
  return browser.post(action, { ...fields, wpTextbox1: wikitext, wpSave: 'Save' });
}

async function follow(browser: Browser, place: string): Promise<Page> {
  let page = await browser.get(place);
  for (let times = 0; [301, 302].includes(page.status) && times < 5; times += 1)
    page = await browser.get(page.headers.get('location') ?? '');
  return page;
}

/** The form of a page with this text in its action, and its fields. @throws Error if there is none */
function form(page: string, action: string): { action: string; fields: Record<string, string> } {
  const forms = [...page.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/g)].map(([, tag = '', body = '']) => ({
    action: attribute(tag, 'action') ?? '',
    body,
  }));
  const found = forms.find((each) => each.action.includes(action));
  if (found === undefined) throw new Error(`no form leads to ${action}: ${page.slice(0, 2000)}`);
  const fields: Record<string, string> = {};
  for (const [tag] of found.body.matchAll(/<input\b[^>]*>/g)) {
    const type = attribute(tag, 'type') ?? 'text';
    const chosen = !['radio', 'checkbox'].includes(type) || /\schecked\b/.test(tag);
    const name = attribute(tag, 'name');
    if (name !== undefined && chosen && !['submit', 'button'].includes(type))
      fields[name] = attribute(tag, 'value') ?? '';
  }
  for (const [, tag = '', options = ''] of found.body.matchAll(/<select\b([^>]*)>([^]*?)<\/select>/g)) {
    const [option = ''] =
      /<option\b[^>]*\sselected\b[^>]*>/.exec(options) ?? /<option\b[^>]*>/.exec(options) ?? [];
    fields[attribute(tag, 'name') ?? ''] = attribute(option, 'value') ?? '';
  }
  return { action: found.action, fields };
}

function attribute(tag: string, name: string): string | undefined {
  const [, quoted, single, bare] =
    new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`).exec(tag) ?? [];
  const entities: Readonly<Record<string, string>> = { amp: '&', quot: '"', '#039': "'", lt: '<', gt: '>' };
  return (quoted ?? single ?? bare)?.replaceAll(
    /&(amp|quot|#039|lt|gt);/g,
    (text, code: string) => entities[code] ?? text,
  );
}
