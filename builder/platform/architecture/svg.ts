/** Colours of a picture, by what they are for. */
export interface Palette {
  readonly ground: string;
  readonly frame: string;
  readonly line: string;
  readonly text: string;
  readonly soft: string;
  readonly card: string;
  readonly cardEdge: string;
  readonly bands: Readonly<Record<'public' | 'private' | 'data', string>>;
  readonly kinds: Readonly<Record<Kind, string>>;
}

/** What a card is about; it has the colour of its sign. */
export type Kind = 'people' | 'edge' | 'network' | 'compute' | 'data' | 'guard' | 'watch';

const kinds: Record<Kind, string> = {
  people: '#64748b',
  edge: '#8b5cf6',
  network: '#6366f1',
  compute: '#ea7317',
  data: '#2f7fd6',
  guard: '#d6336c',
  watch: '#0f9d76',
};

export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ground: '#ffffff',
    frame: '#94a3b8',
    line: '#64748b',
    text: '#0f172a',
    soft: '#526079',
    card: '#ffffff',
    cardEdge: '#d4dbe6',
    bands: { public: '#eef6ee', private: '#fdf4ea', data: '#ebf3fc' },
    kinds,
  },
  dark: {
    ground: '#0d1117',
    frame: '#4b5768',
    line: '#8b98ab',
    text: '#e6edf3',
    soft: '#9aa7b8',
    card: '#161d27',
    cardEdge: '#303b4a',
    bands: { public: '#12201a', private: '#221b13', data: '#121d2c' },
    kinds,
  },
};

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextLook {
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly fill: string;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (one) => escapes[one] ?? one);
}

/** A line of text; (x, y) is on its base line. */
export function textAt(x: number, y: number, [content, look]: readonly [string, TextLook]): string {
  const { size = 12, weight = 400, anchor = 'start', fill } = look;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${fill}">${escaped(content)}</text>`;
}

export interface RectLook {
  readonly fill?: string;
  readonly stroke?: string;
  readonly radius?: number;
  readonly dash?: string;
}

export function rectangle({ x, y, width, height }: Box, look: RectLook): string {
  const { fill = 'none', stroke = 'none', radius = 8, dash } = look;
  const dashed = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}" stroke="${stroke}"${dashed}/>`;
}

/** A line through points, with a head at its end. */
export function arrow(points: readonly (readonly [number, number])[], stroke: string): string {
  const path = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join(' ');
  return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="1.6" stroke-linejoin="round" marker-end="url(#head)"/>`;
}

/** A whole picture. */
export function svg(
  [width, height]: readonly [number, number],
  palette: Palette,
  parts: readonly string[],
): string {
  const head = `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 Z" fill="${palette.line}"/></marker></defs>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif" role="img">`,
    head,
    rectangle({ x: 0, y: 0, width, height }, { fill: palette.ground, radius: 0 }),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
