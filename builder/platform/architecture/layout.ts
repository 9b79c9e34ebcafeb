import type { PlatformFacts } from './platform-facts.js';
import type { Box } from './svg.js';
import { cacheCards, isInternal } from './vpc-cards.js';

/** Sizes of a picture, in its own units. */
const margin = 24;
const gutter = 152;
const vpcWidth = 928;
const servicesWidth = 252;
const row = 58;
const gap = 10;
/** Between the load balancer and what is under it: an arrow with a label. */
const spread = 40;

/** Where everything of a picture stands. */
export interface Layout {
  readonly size: readonly [number, number];
  readonly edgeTop: number;
  readonly region: Box;
  readonly vpc: Box;
  readonly services: Box;
  /** A zone each, over all bands. */
  readonly zones: readonly Box[];
  readonly bands: Readonly<Record<'public' | 'private' | 'data', Box>>;
  /** Tops of what stands in the bands. */
  readonly tops: Readonly<Record<'nat' | 'balancer' | 'tasks' | 'database' | 'cache' | 'files', number>>;
  readonly row: number;
  readonly gap: number;
  readonly tasksHeight: number;
  /** The middle of the line that goes from tasks to their data. */
  readonly busX: number;
}

export function layOut(facts: PlatformFacts): Layout {
  const tasksHeight = 112;
  const internal = isInternal(facts);
  const cached = cacheCards(facts).length > 0;
  const vpcTop = 178;
  const bandsTop = vpcTop + 56;
  const heights = {
    public: row + 2 * gap + (internal ? 0 : row + gap),
    private: tasksHeight + 2 * gap + 18 + (internal ? row + spread : 0),
    data: (cached ? 3 : 2) * (row + gap) + gap,
  };
  const tops = { public: bandsTop, private: 0, data: 0 };
  tops.private = tops.public + heights.public + gap;
  tops.data = tops.private + heights.private + gap;
  const bottom = tops.data + heights.data;
  const vpc = { x: 2 * margin, y: vpcTop, width: vpcWidth, height: bottom + gap - vpcTop };
  const inner = { x: vpc.x + gap, width: vpcWidth - 2 * gap };
  const band = (kind: 'public' | 'private' | 'data') => ({ ...inner, y: tops[kind], height: heights[kind] });
  const zoneWidth = (vpcWidth - gutter - gap) / facts.zones.length;
  const balancer = internal ? tops.private + gap : tops.public + 2 * gap + row;
  const services = { x: vpc.x + vpcWidth + margin, y: vpcTop, width: servicesWidth, height: vpc.height };
  const width = services.x + servicesWidth + 2 * margin;
  return {
    size: [width, bottom + gap + 2 * margin - 6],
    edgeTop: margin,
    region: { x: margin, y: 130, width: width - 2 * margin, height: bottom + gap + margin - 136 + 6 },
    vpc,
    services,
    zones: facts.zones.map((_, index) => ({
      x: vpc.x + gutter + index * zoneWidth,
      y: vpcTop + 26,
      width: zoneWidth,
      height: vpc.height - 26 - gap / 2,
    })),
    bands: { public: band('public'), private: band('private'), data: band('data') },
    tops: {
      nat: tops.public + gap,
      balancer,
      tasks: internal ? balancer + row + spread : tops.private + gap,
      database: tops.data + gap,
      cache: tops.data + 2 * gap + row,
      files: tops.data + gap + (cached ? 2 : 1) * (row + gap),
    },
    row,
    gap,
    tasksHeight,
    busX: vpc.x + gutter - 24,
  };
}

/** The part of a row that lies in a zone. */
export function inZone(
  { zones, gap: space }: Layout,
  index: number,
  vertical: Pick<Box, 'y' | 'height'>,
): Box {
  const zone = zones[index] as Box;
  return { x: zone.x + space, width: zone.width - 2 * space, ...vertical };
}

/** A row over all zones. */
export function acrossZones({ zones, gap: space }: Layout, vertical: Pick<Box, 'y' | 'height'>): Box {
  const [first, last] = [zones[0] as Box, zones.at(-1) as Box];
  return { x: first.x + space, width: last.x + last.width - first.x - 2 * space, ...vertical };
}
