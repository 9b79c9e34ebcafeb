import t from 'tap';
import { MemoryMemo } from '../testing/memory-memo.js';
import { rememberedRender } from './remembered-render.js';
import { renderHandlebars } from './render-handlebars.js';

type Values = Readonly<Record<string, unknown>>;

function optionsOf(values: Values) {
  const asked: string[] = [];
  const variables = {
    has: (name: string) => Object.hasOwn(values, name),
    lookup: (name: string) => {
      asked.push(name);
      return values[name];
    },
    names: () => Object.keys(values),
  };
  return { asked, options: { name: 'x.hbs', variables } };
}

/** The result or error, and the variables that were looked up. */
function outcome(render: (options: ReturnType<typeof optionsOf>['options']) => string, values: Values) {
  const { asked, options } = optionsOf(values);
  try {
    return { text: render(options), asked: [...new Set(asked)] };
  } catch (error) {
    return { error: (error as Error).message, asked: [...new Set(asked)] };
  }
}

const templates = [
  'plain text\n',
  '{{a}} {{#if b}}{{c}}{{else}}{{d}}{{/if}}\n',
  '{{#each list}}{{this}}{{#unless @last}}, {{/unless}}{{/each}} {{default c "none"}}',
  '{{#if (eq a "x")}}{{#each (default list d)}}{{../c}}{{this}}{{/each}}{{/if}}',
  '{{a}}{{a}}{{json map}}{{map.one}}',
];

const domain: Record<string, readonly unknown[]> = {
  a: ['x', 'y', 1, '1', true, null, undefined],
  b: [true, false, '', 'text', []],
  c: ['c', '', 0, undefined],
  d: ['d', ['d', 'e']],
  list: [[], ['one'], ['one', 'two'], ['two', 'one']],
  map: [{ one: 1, two: 2 }, { two: 2, one: 1 }, {}],
};

t.test('whatever is remembered, the text is that of a rendering, and the same is looked up', async (t) => {
  const memo = new MemoryMemo();
  let taken = 0;
  for (let index = 0; index < 4000; index++) {
    const pick = (salt: number) => Math.abs(Math.trunc(Math.sin(index * 7919 + salt * 104_729) * 1e6));
    const values = Object.fromEntries(
      Object.entries(domain).flatMap(([name, all], at) => {
        const value = all[pick(at) % all.length];
        // Sometimes omit a variable.
        return pick(at + 50) % 7 === 0 ? [] : [[name, value]];
      }),
    );
    const text = templates[pick(99) % templates.length] ?? '';
    const before = memo.entries.size;
    const got = outcome((options) => rememberedRender(text, options, memo), values);
    t.strictSame(
      got,
      outcome((options) => renderHandlebars(text, options), values),
      `${text} ${JSON.stringify(values)}`,
    );
    if (memo.entries.size === before && got.text !== undefined) taken++;
  }
  t.ok(taken > 1000, `${taken} were remembered`);
});

t.test('a remembered text is taken, and for its own template and values alone', async (t) => {
  const memo = new MemoryMemo();
  const render = (text: string, values: Values) => rememberedRender(text, optionsOf(values).options, memo);
  t.equal(render('{{a}}', { a: 'one' }), 'one');
  for (const [key, text] of memo.entries)
    memo.entries.set(key, text.replace('"text":"one"', '"text":"kept"'));
  t.equal(render('{{a}}', { a: 'one', other: 1 }), 'kept', 'what is not asked does not count');
  t.equal(render('{{a}}', { a: 'two' }), 'two');
  t.equal(render('{{a}} ', { a: 'one' }), 'one ');
  t.equal(render('{{a}}', { a: ['one'] }), 'one');
});

t.test('neither values nor what a template says stand in the keys', async (t) => {
  const memo = new MemoryMemo();
  rememberedRender('{{#if swordfish}}yes{{/if}}', optionsOf({ swordfish: 'secret-1' }).options, memo);
  t.notMatch([...memo.entries].join('\n'), 'secret-1');
});
