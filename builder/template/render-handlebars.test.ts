import t from 'tap';
import { BuilderError } from '../errors.js';
import { renderHandlebars } from './render-handlebars.js';

const values: Record<string, unknown> = {
  title: 'a <b> & "c"',
  on: true,
  off: false,
  zero: 0,
  none: null,
  list: ['x', 'y'],
  block: 'one\ntwo',
  site: { name: 'n', ports: [80, 443] },
};

const looked: string[] = [];
function render(text: string): string {
  return renderHandlebars(text, {
    name: 'roles/web/templates/x.hbs',
    variables: {
      lookup: (name) => {
        looked.push(name);
        return values[name];
      },
      has: (name) => Object.hasOwn(values, name),
      names: () => Object.keys(values),
    },
  });
}

function failure(text: string): BuilderError {
  try {
    render(text);
  } catch (error) {
    if (error instanceof BuilderError) return error;
    throw error;
  }
  throw new Error(`it did not fail: ${text}`);
}

t.test('nothing is escaped for HTML', async (t) => {
  t.equal(render('{{title}}|{{{title}}}|{{&title}}'), Array(3).fill('a <b> & "c"').join('|'));
});

t.test('only variables that are used are looked up', async (t) => {
  looked.length = 0;
  t.equal(render('{{site.name}} {{#if on}}{{title}}{{/if}}{{#if off}}{{block}}{{/if}}'), 'n a <b> & "c"');
  t.same([...new Set(looked)].sort(), ['off', 'on', 'site', 'title']);
});

t.test('an unknown variable names the file, the line and what is near', async (t) => {
  const error = failure('first\n  {{titel}}\n');
  t.equal(error.message, 'There is no variable "titel"');
  t.equal(error.code, 'invalid');
  t.same(error.origin, { file: 'roles/web/templates/x.hbs', line: 2, column: 5 });
  t.equal(error.hint, 'Did you mean "title"?');
  t.match(failure('{{qqqqqqqq}}').hint, 'Define it');
  t.match(failure('{{site.nope}}').message, 'nope');
});

t.test('a template that is not valid names its line', async (t) => {
  for (const [text, line] of [
    ['a\n{{#if on}}\nb\n', 4],
    ['a\nb {{/if}}', 2],
    ['\n\n{{title', 3],
    ['{{#if on}}\n{{/each}}', 1],
  ] as const) {
    const error = failure(text);
    t.equal(error.code, 'invalid', text);
    t.equal(error.origin?.file, 'roles/web/templates/x.hbs');
    t.equal(error.origin?.line, line, JSON.stringify(text));
  }
});

t.test('a template that is not valid says what the parser stumbled over, and where', async (t) => {
  for (const [text, message, column] of [
    ['a\n{{title} {{on}}', 'this character is not expected, or a brace is missing', 8],
    ['{{#if on}}\nb', 'it ends before all blocks and braces are closed', 2],
    ['b {{/if}}', 'a block is closed that is not open', 3],
    ['b {{title x=}}', 'the braces close too early', 13],
    ['{{#if on}}\n{{/each}}', "if doesn't match each - 1:3", 4],
  ] as const) {
    const error = failure(text);
    t.equal(error.message, `This template is not valid: ${message}`);
    t.equal(error.origin?.column, column, JSON.stringify(text));
  }
});

t.test('helpers', async (t) => {
  t.equal(render('{{#if (eq site.name "n")}}yes{{/if}}{{#if (ne site.name "n")}}no{{/if}}'), 'yes');
  t.equal(
    render('{{#if (and on (not off))}}yes{{/if}}{{#if (or off zero)}}no{{else}}none{{/if}}'),
    'yesnone',
  );
  t.equal(render('{{#if (lt 2 10)}}lt{{/if}}{{#if (gt 2 10)}}gt{{/if}}'), 'lt');
  t.equal(render('{{default none "d"}} {{default title "d"}}'), 'd a <b> & "c"');
  t.equal(render('{{join list}} {{join list "+"}} {{join "one"}}'), 'x, y x+y one');
  t.equal(render('{{json site}}'), '{"name":"n","ports":[80,443]}');
  t.equal(render('{{quote "it\'s"}}'), `'it'"'"'s'`);
  t.match(failure('{{#nope on}}{{/nope}}').message, 'nope');
});

t.test('indentation and lines', async (t) => {
  t.equal(render('  {{indent block 2}}\n'), '  one\n  two\n');
  t.equal(
    render('a\n{{#each list}}\n  - {{this}}\n{{/each}}\nz\n'),
    'a\n  - x\n  - y\nz\n',
    'lines of blocks alone leave nothing behind',
  );
  t.equal(
    render('{{#each site.ports}}{{@index}}:{{this}}{{#unless @last}},{{/unless}}{{/each}}'),
    '0:80,1:443',
  );
  t.equal(render('no end'), 'no end');
  t.equal(render('a {{~title~}} b\n'), 'aa <b> & "c"b\n');
});

t.test('partials are refused: there is none', async (t) => {
  t.match(failure('{{> other}}').message, 'other');
});

t.test('names of JavaScript mean nothing', async (t) => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
    t.match(failure(`{{${name}}}`).message, name);
  const said = t.capture(console, 'error');
  t.equal(render('{{site.constructor}}{{site.__proto__}}{{list.map}}{{list.__proto__}}'), '');
  t.strictSame(said(), [], 'nothing is written past the reporter');
});

t.test('mutated templates give a result or a BuilderError', async (t) => {
  const source =
    '{{#if (and on (not off))}}{{title}}{{else}}{{/if}}{{#each list}}{{this}}{{/each}}{{indent block 2}}{{site.name}}';
  let results = 0;
  for (let index = 0; index < 2000; index++) {
    const at = (index * 7919) % source.length;
    const text =
      index % 2 === 0
        ? source.slice(0, at) + source.slice(at + 1 + (index % 5))
        : source.slice(0, at) + '{}#/(".'[index % 7] + source.slice(at);
    try {
      render(text);
      results++;
    } catch (error) {
      if (!(error instanceof BuilderError)) t.fail(`${text}: ${String(error)}`);
    }
  }
  t.ok(results > 50 && results < 2000, `${results} results`);
});
