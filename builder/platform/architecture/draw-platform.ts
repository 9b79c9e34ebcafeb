import { type Card, drawCard, drawLabel } from './card.js';
import { drawFrames } from './draw-frames.js';
import { type Layout, acrossZones, inZone, layOut } from './layout.js';
import type { PlatformFacts } from './platform-facts.js';
import { edgeCards, serviceCards } from './service-cards.js';
import { arrow, type Palette, rectangle, svg, textAt } from './svg.js';
import {
  balancerCard,
  cacheCards,
  databaseCards,
  filesCard,
  hostWords,
  natCards,
  scaleWords,
  taskCard,
} from './vpc-cards.js';

interface Picture {
  readonly facts: PlatformFacts;
  readonly layout: Layout;
  readonly palette: Palette;
}

/** A picture of a platform, as SVG: what stands where, and who may connect to whom. */
export function drawPlatform(facts: PlatformFacts, palette: Palette): string {
  const layout = layOut(facts);
  const picture = { facts, layout, palette };
  return svg(layout.size, palette, [
    ...drawFrames(facts, layout, palette),
    ...drawEdge(picture),
    ...drawZoned(picture, 'nat', natCards(facts)),
    ...drawBalancer(picture),
    ...drawTasks(picture),
    ...drawZoned(picture, 'database', databaseCards(facts)),
    ...drawZoned(picture, 'cache', cacheCards(facts)),
    ...drawFiles(picture),
    ...drawConnections(picture),
    ...drawServices(picture),
  ]);
}

/** Visitors and what stands before the region, in a row that ends above the load balancer. */
function drawEdge({ facts, layout, palette }: Picture): string[] {
  const cards = edgeCards(facts);
  const [width, space] = [178, 46];
  const boundary = layout.zones.at(-1)?.x ?? 0;
  const left = boundary - width / 2 - (cards.length - 1) * (width + space);
  const y = layout.edgeTop;
  const middle = y + layout.row / 2;
  const boxes = cards.map((_, index) => ({
    x: left + index * (width + space),
    y,
    width,
    height: layout.row,
  }));
  return [
    ...cards.map((card, index) => drawCard(card, boxes[index]!, palette)),
    ...boxes.slice(1).map(({ x }) =>
      arrow(
        [
          [x - space, middle],
          [x - 2, middle],
        ],
        palette.line,
      ),
    ),
    arrow(
      [
        [boundary, y + layout.row],
        [boundary, layout.tops.balancer - 2],
      ],
      palette.line,
    ),
  ];
}

function drawBalancer({ facts, layout, palette }: Picture): string[] {
  const card = balancerCard(facts);
  if (card === undefined) return [];
  return [drawCard(card, acrossZones(layout, { y: layout.tops.balancer, height: layout.row }), palette)];
}

/** Cards side by side in their zones. */
function drawZoned(
  { layout, palette }: Picture,
  at: 'nat' | 'database' | 'cache',
  cards: readonly (Card | undefined)[],
): string[] {
  const [y, height] = [layout.tops[at], layout.row];
  const boxes = cards.map((_, index) => inZone(layout, index, { y, height }));
  return cards.flatMap((card, index) => {
    if (card === undefined) return [];
    const { x } = boxes[index]!;
    // Data is written to the next zone, too.
    const link =
      index > 0 && at !== 'nat'
        ? [
            arrow(
              [
                [x - 2 * layout.gap, y + height / 2],
                [x - 2, y + height / 2],
              ],
              palette.line,
            ),
          ]
        : [];
    return [drawCard(card, boxes[index]!, palette), ...link];
  });
}

function drawTasks({ facts, layout, palette }: Picture): string[] {
  const { tops, tasksHeight: height, row, gap } = layout;
  const look = { size: 11, weight: 600, fill: palette.soft };
  return [
    ...facts.zones.flatMap((_, index) => {
      const box = inZone(layout, index, { y: tops.tasks, height: height - 14 });
      const inner = { x: box.x + gap, y: tops.tasks + 28, width: box.width - 2 * gap, height: row };
      return [
        rectangle(box, { stroke: palette.kinds.compute, dash: '5 4' }),
        textAt(box.x + 12, box.y + 19, [hostWords(facts), look]),
        drawCard(taskCard(facts), inner, palette),
      ];
    }),
    textAt(acrossZones(layout, { y: 0, height: 0 }).x, tops.tasks + height + 10, [
      scaleWords(facts),
      { size: 11.5, fill: palette.soft },
    ]),
  ];
}

function drawFiles({ facts, layout, palette }: Picture): string[] {
  const card = filesCard(facts);
  if (card === undefined) return [];
  return [drawCard(card, acrossZones(layout, { y: layout.tops.files, height: layout.row }), palette)];
}

/** Who may connect to whom, with the ports that the rules of the security groups open. */
function drawConnections({ facts, layout, palette }: Picture): string[] {
  const { tops, row, busX, gap } = layout;
  const toTasks = facts.ports['LoadBalancer → Tasks'];
  const down = layout.zones.map(({ x, width }) =>
    arrow(
      [
        [x + width / 2, tops.balancer + row],
        [x + width / 2, tops.tasks - 2],
      ],
      palette.line,
    ),
  );
  const first = layout.zones[0]!;
  const there = { database: databaseCards(facts), cache: cacheCards(facts), files: [filesCard(facts)] };
  const targets = (['database', 'cache', 'files'] as const).flatMap((name) => {
    const port = facts.ports[`Tasks → ${name[0]!.toUpperCase()}${name.slice(1)}`];
    return port === undefined || there[name][0] === undefined ? [] : [{ port, y: tops[name] + row / 2 }];
  });
  const start = tops.tasks + 28 + row / 2;
  return [
    ...down,
    ...(toTasks === undefined
      ? []
      : [
          drawLabel(first.x + first.width / 2, (tops.balancer + row + tops.tasks) / 2 - 3, [
            String(toTasks),
            palette,
          ]),
        ]),
    ...targets.map(({ y }) =>
      arrow(
        [
          [first.x + gap, start],
          [busX, start],
          [busX, y],
          [first.x + gap - 2, y],
        ],
        palette.line,
      ),
    ),
    ...targets.map(({ port, y }) => drawLabel(busX, y, [String(port), palette])),
  ];
}

/** What works beside the network, from top to bottom. */
function drawServices({ facts, layout, palette }: Picture): string[] {
  const cards = serviceCards(facts);
  const { x, y, width, height } = layout.services;
  const space = Math.min(36, (height - cards.length * layout.row) / Math.max(1, cards.length - 1));
  return cards.map((card, index) =>
    drawCard(card, { x, y: y + index * (layout.row + space), width, height: layout.row }, palette),
  );
}
