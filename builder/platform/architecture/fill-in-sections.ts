import { BuilderError } from '../../errors.js';

/**
 * A page of Markdown with its sections made anew: each stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
 * @throws BuilderError where the page has no such section
 */
export function fillInSections(page: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce((text, [name, content]) => {
    const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from)
      throw new BuilderError(`The page has no section "${name}"`, {
        code: 'invalid',
        hint: `Write ${begin} and ${end} where it belongs.`,
      });
    return `${text.slice(0, from + begin.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
  }, page);
}
