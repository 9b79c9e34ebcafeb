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
import { drawPlatform } from './draw-platform.js';
import { fillInSections } from './fill-in-sections.js';
import { platformFacts } from './platform-facts.js';
import { stackOrder } from './stack-order.js';
import { palettes } from './svg.js';

/**
 * The files that show the platform, made from graph, templates and prices: pictures of `prod`, light and dark, and the
 * page with its tables; texts by their paths in the project.
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
  const page = 'docs/architecture.md';
  return {
    'docs/images/platform-light.svg': drawPlatform(facts, palettes.light),
    'docs/images/platform-dark.svg': drawPlatform(facts, palettes.dark),
    [page]: fillInSections(readFileSync(join(projectFolder, page), 'utf8'), {
      order: stackOrder(prod.stacks),
      controls: controlsTable([dev, staging, prod]),
      'cost of prod': cost(prod),
      'cost of dev': cost(dev),
    }),
  };
}
