import type { Node } from '../syntax/ast.js';

/** Filters that return one of their values unchanged. */
const PASSING = ['d', 'default', 'ternary', 'first', 'last', 'mandatory', 'min', 'max', 'random', 'extract'];
/** C.STRING_TYPE_FILTERS: filters whose results always stay text. */
export const TEXT_FILTERS = ['string', 'to_json', 'to_nice_json', 'to_yaml', 'to_nice_yaml'];

/** Whether the value of an expression may be the result of one of TEXT_FILTERS. */
export function mayStayText(node: Node): boolean {
  if (node.t === 'filter') return TEXT_FILTERS.includes(node.name) || PASSING.includes(node.name);
  return ['name', 'attribute', 'item', 'call', 'if', 'and', 'or'].includes(node.t);
}
