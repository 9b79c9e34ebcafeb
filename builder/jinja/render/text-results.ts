import type { Node } from '../syntax/ast.js';

/** Filters that hand on one of their values as it is. */
const PASSING = ['d', 'default', 'ternary', 'first', 'last', 'mandatory', 'min', 'max', 'random', 'extract'];
/** C.STRING_TYPE_FILTERS: their results are never made into data. */
export const TEXT_FILTERS = ['string', 'to_json', 'to_nice_json', 'to_yaml', 'to_nice_yaml'];

/** Whether an expression may give text that must not become data, where such text was made. */
export function mayStayText(node: Node): boolean {
  if (node.t === 'filter') return TEXT_FILTERS.includes(node.name) || PASSING.includes(node.name);
  return ['name', 'attribute', 'item', 'call', 'if', 'and', 'or'].includes(node.t);
}
