import type { Layout } from './layout.js';
import type { PlatformFacts } from './platform-facts.js';
import { type Palette, rectangle, textAt } from './svg.js';

/** Region, network, kinds of subnets and zones: what everything else stands in. */
export function drawFrames(facts: PlatformFacts, layout: Layout, palette: Palette): string[] {
  const { region, vpc, zones } = layout;
  const title = { size: 13, weight: 600, fill: palette.text };
  const small = { size: 11, fill: palette.soft };
  return [
    rectangle(region, { stroke: palette.frame, radius: 12 }),
    textAt(region.x + 18, region.y + 26, [facts.region, title]),
    textAt(region.x + 18 + facts.region.length * 7.6 + 12, region.y + 26, [
      `environment ${facts.environment}`,
      small,
    ]),
    rectangle(vpc, { stroke: palette.frame, radius: 10 }),
    textAt(vpc.x + 14, vpc.y + 24, ['VPC', title]),
    ...(['public', 'private', 'data'] as const).flatMap((kind) => drawBand(kind, facts, { layout, palette })),
    ...zones.flatMap((zone, index) => [
      rectangle({ ...zone, x: zone.x + 4, width: zone.width - 8 }, { stroke: palette.frame, dash: '2 5' }),
      textAt(zone.x + zone.width / 2, zone.y + 19, [
        facts.zones[index] ?? '',
        { ...small, anchor: 'middle', weight: 600 },
      ]),
    ]),
  ];
}

function drawBand(
  kind: 'public' | 'private' | 'data',
  facts: PlatformFacts,
  { layout, palette }: { layout: Layout; palette: Palette },
): string[] {
  const box = layout.bands[kind];
  const ways = { public: 'subnets with a way in', private: 'out by NAT', data: 'no way out' }[kind];
  const [first] = facts.subnets[kind];
  return [
    rectangle(box, { fill: palette.bands[kind], radius: 8 }),
    textAt(box.x + 12, box.y + 22, [`${kind} subnets`, { size: 12, weight: 600, fill: palette.text }]),
    textAt(box.x + 12, box.y + 38, [
      kind === 'public' ? 'no public addresses' : ways,
      { size: 11, fill: palette.soft },
    ]),
    textAt(box.x + 12, box.y + 53, [
      first === undefined ? '' : `${first} …`,
      { size: 10.5, fill: palette.soft },
    ]),
  ];
}
