import type { WrappingTag } from '../../yaml/yaml-schema.js';

const functions = [
  'Base64',
  'Cidr',
  'FindInMap',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Select',
  'Split',
  'Sub',
  'Transform',
  'And',
  'Equals',
  'Not',
  'Or',
  'Contains',
  'EachMemberIn',
  'EachMemberEquals',
  'RefAll',
  'ValueOf',
  'ValueOfAll',
] as const;

/**
 * The short forms of CloudFormation's intrinsic functions as YAML tags: `!Sub x` becomes `{ "Fn::Sub": "x" }`.
 * `!GetAtt A.B.C` becomes a list of two, as its long form is: the resource, and all that follows the first dot.
 */
export const shortForms: Readonly<Record<string, WrappingTag>> = {
  ...Object.fromEntries(functions.map((name) => [`!${name}`, { key: `Fn::${name}` }])),
  '!Ref': { key: 'Ref' },
  '!Condition': { key: 'Condition' },
  '!GetAtt': {
    key: 'Fn::GetAtt',
    ofText: (text) => {
      const dot = text.indexOf('.');
      return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
    },
  },
};
