import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import t from 'tap';
import { platformVariants } from '../../testing/platform-variants.js';
import { policyRules, subjectsOf } from '../policy/check-policy.js';
import { controlsWithoutRule, wantedControls } from '../policy/controls.js';
import { architectureFiles } from './architecture-files.js';
import { drawPlatform } from './draw-platform.js';
import { fillInSections } from './fill-in-sections.js';
import { platformFacts } from './platform-facts.js';
import { palettes } from './svg.js';

t.test('pictures and tables are as graph, templates and prices are', async (t) => {
  for (const [path, text] of Object.entries(architectureFiles('.'))) {
    const wanted = path.endsWith('.md') ? await format(text, { parser: 'markdown' }) : text;
    t.ok(readFileSync(path, 'utf8') === wanted, `${path} is current; if not: npm run architecture`);
    t.notMatch(text, 'nobody said why');
    t.notMatch(text, /\$\{|undefined|NaN|\[object/);
    if (path.endsWith('by-hand.md'))
      execFileSync('bash', ['-n'], { input: /```sh\n([^]*?)```/.exec(text)?.[1] ?? 'fi' });
  }
});

t.test('every control that was asked for is tested, or has a reason why not', async (t) => {
  const rules = new Set(policyRules.map(({ id }) => id));
  for (const id of wantedControls) t.not(rules.has(id), id in controlsWithoutRule, id);
});

t.test('a picture shows what an environment has, and nothing else', async (t) => {
  const pictures = Object.fromEntries(
    platformVariants().map(({ name, stacks, environment }) => [
      name,
      drawPlatform(platformFacts(name, subjectsOf(stacks, environment)), palettes.light),
    ]),
  );
  const count = (name: string, word: string) => pictures[name]!.split(`>${word}<`).length - 1;
  t.equal(count('prod', 'NAT gateway'), 3);
  t.equal(count('dev', 'NAT gateway'), 1);
  t.equal(count('closed', 'NAT gateway'), 0);
  t.equal(count('prod', 'Its standby'), 1);
  t.equal(count('dev', 'Its standby'), 0);
  t.equal(count('prod', 'Its replica'), 2);
  t.equal(count('balancer', 'CloudFront'), 0);
  t.match(pictures.balancer, 'reached from the internet');
  t.match(pictures.prod, /internal: CloudFront alone reaches it.*HTTP 80/);
  t.match(pictures.fargate, '>Fargate<');
  t.notMatch(pictures.fargate, /6380|Valkey/, 'no cache, and no arrow to it');
  t.match(pictures.mysql, 'MySQL 8.4');
  t.match(pictures.prod, 'copied to eu-west-1');
  for (const port of ['8080', '3306', '6380', '2049']) t.equal(count('prod', port), 1, port);
  for (const picture of Object.values(pictures)) t.notMatch(picture, /NaN|undefined|\$\{/);
});

t.test('no text ends outside of the picture', async (t) => {
  const [prod] = platformVariants().filter(({ name }) => name === 'prod');
  const picture = drawPlatform(
    platformFacts('prod', subjectsOf(prod!.stacks, prod!.environment)),
    palettes.dark,
  );
  const [, width = '0'] = /viewBox="0 0 (\d+)/.exec(picture) ?? [];
  for (const [, x, size, text] of picture.matchAll(
    /<text x="([\d.]+)".*?font-size="([\d.]+)".*?>(.*?)<\/text>/g,
  ))
    t.ok(Number(x) + text!.length * Number(size) * 0.62 < Number(width) - 24, String(text));
});

t.test('a page without a section is told', async (t) => {
  t.equal(
    fillInSections('a\n<!-- begin x -->\nold\n<!-- end x -->\nb', { x: 'new' }),
    'a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nb',
  );
  t.throws(() => fillInSections('a', { x: 'new' }), {
    message: 'The page has no section "x"',
    hint: /^Write <!-- begin x -->/,
  });
});
