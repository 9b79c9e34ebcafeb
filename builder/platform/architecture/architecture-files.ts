import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironment } from '../../spec/load-environment.js';
import { costMarkdown } from '../cost/cost-text.js';
import { loadPrices } from '../cost/price-table.js';
import { reckonCost } from '../cost/reckon-cost.js';
import { loadPlatform } from '../graph/load-platform.js';
import { resolvePlatform } from '../graph/resolve-platform.js';
import { subjectsOf } from '../policy/check-policy.js';
import { controlsTable } from './controls-table.js';
import { deployCommands } from './deploy-commands.js';
import { drawPlatform } from './draw-platform.js';
import { fillInSections } from './fill-in-sections.js';
import { platformFacts } from './platform-facts.js';
import { stackOrder } from './stack-order.js';
import { palettes } from './svg.js';

/**
 * The files that show the platform, made from graph, templates and prices: pictures of `prod`, light and dark, the page with
 * its tables, and the commands that deploy `dev` by hand; texts by their paths in the project.
 */
export function architectureFiles(projectFolder: string): Record<string, string> {
  const platform = loadPlatform(projectFolder);
  const prices = loadPrices(projectFolder);
  const of = (name: string) => {
    const environment = loadEnvironment(projectFolder, name);
    return { name, environment, stacks: resolvePlatform(platform, { name, environment }) };
  };
  const [dev, staging, prod] = [of('dev'), of('staging'), of('prod')];
  const facts = platformFacts('prod', subjectsOf(prod.stacks, prod.environment));
  const cost = ({ stacks, environment }: typeof prod) =>
    costMarkdown(reckonCost(stacks, environment, prices));
  const byHand = resolvePlatform(platform, {
    name: 'dev',
    environment: dev.environment,
    inputs: { image: '$IMAGE', ami: '$AMI', operator: '$OPERATOR', cloudfrontPrefixList: '$CLOUDFRONT' },
  });
  const [page, commands] = ['docs/architecture.md', 'infra-cfn/by-hand.md'];
  const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8');
  return {
    [commands]: fillInSections(read(commands), {
      commands: `\`\`\`sh\n${deployCommands(byHand)}\n\`\`\``,
    }),
    'docs/images/platform-light.svg': drawPlatform(facts, palettes.light),
    'docs/images/platform-dark.svg': drawPlatform(facts, palettes.dark),
    [page]: fillInSections(read(page), {
      order: stackOrder(prod.stacks),
      controls: controlsTable([dev, staging, prod]),
      'cost of prod': cost(prod),
      'cost of dev': cost(dev),
    }),
  };
}
