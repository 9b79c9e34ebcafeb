import t from 'tap';
import { SpecError } from '../../errors.js';
import { parseTemplate } from './read-template.js';
import { type ResolvedTemplate, type TemplateInputs, resolveTemplate } from './resolve-template.js';

const head = `Parameters:
  Name: { Type: String, Default: shop }
  Sizes: { Type: CommaDelimitedList, Default: 'a, b' }
  Count: { Type: Number, Default: 2, MinValue: 1, MaxValue: 9, ConstraintDescription: From 1 to 9. }
  Mode: { Type: String, Default: content, AllowedValues: [content, full] }
  Domain: { Type: String, Default: '', AllowedPattern: '([a-z.]+)?' }
Mappings:
  Ports: { http: { plain: 80, tls: 443 } }
Conditions:
  IsFull: !Equals [!Ref Mode, full]
  HasDomain: !Not [!Equals [!Ref Domain, '']]
  Both: !And [!Condition IsFull, !Condition HasDomain]
  Either: !Or [!Condition IsFull, { Condition: HasDomain }]
`;

function resolve(rest: string, inputs: TemplateInputs = {}): ResolvedTemplate {
  return resolveTemplate(parseTemplate(head + rest, 'stack.yaml'), inputs);
}

/** What one property's value becomes. */
function value(text: string, inputs: TemplateInputs = {}): unknown {
  const other = "  Other: { Type: 'AWS::SNS::Topic' }\n";
  const resolved = resolve(
    `Resources:\n  One:\n    Type: AWS::SNS::Topic\n    Properties:\n      Value: ${text}\n${other}`,
    inputs,
  );
  return resolved.resources.One?.Properties.Value;
}

function problems(rest: string, inputs: TemplateInputs = {}): string[] {
  try {
    resolve(rest, inputs);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(
      ({ message, origin, hint }) =>
        `${origin?.line ?? ''}:${origin?.column ?? ''} ${message} (${hint ?? ''})`,
    );
  }
  throw new Error('nothing was found wrong');
}

const values: readonly (readonly [text: string, value: unknown])[] = [
  ['!Ref Name', 'shop'],
  ['{ Ref: Name }', 'shop'],
  ['!Ref Count', 2],
  ['!Ref Sizes', ['a', 'b']],
  ['!Ref AWS::Region', 'us-east-1'],
  ['!Sub "${Name}-${Count}.${AWS::Region}.${!Kept}"', 'shop-2.us-east-1.${Kept}'],
  ['!Sub ["${A}/${Name}", { A: !Select [1, !Ref Sizes] }]', 'b/shop'],
  ['!Join ["-", [x, !Ref Name, !Ref Count]]', 'x-shop-2'],
  ['!Join [",", !Ref Sizes]', 'a,b'],
  ['!Select [0, !Split ["/", "a/b"]]', 'a'],
  ['!FindInMap [Ports, http, tls]', 443],
  ['!If [IsFull, 1, 2]', 2],
  ['[1, !If [IsFull, 2, !Ref AWS::NoValue], 3]', [1, 3]],
  ['{ a: !Ref AWS::NoValue, b: 1 }', { b: 1 }],
  ['!GetAZs ""', ['us-east-1a', 'us-east-1b', 'us-east-1c']],
  ['!Select [1, !GetAZs { Ref: AWS::Region }]', 'us-east-1b'],
  ['!Cidr [10.0.0.0/16, 3, 12]', ['10.0.0.0/20', '10.0.16.0/20', '10.0.32.0/20']],
  ['!Select [2, !Cidr [10.0.0.0/16, 4, 8]]', '10.0.2.0/24'],
  ['!Base64 abc', 'YWJj'],
  [
    '"{{resolve:secretsmanager:x:SecretString:password}}"',
    '{{resolve:secretsmanager:x:SecretString:password}}',
  ],
  [
    '{ Effect: Allow, Condition: { Bool: { x: true } } }',
    { Effect: 'Allow', Condition: { Bool: { x: true } } },
  ],
  ['{ Condition: { Bool: { x: !Ref Name } } }', { Condition: { Bool: { x: 'shop' } } }],
  // What only a deployment can say stays a function, with all that can be computed.
  ['!Ref Other', { Ref: 'Other' }],
  ['!GetAtt Other.Arn.Last', { 'Fn::GetAtt': ['Other', 'Arn.Last'] }],
  ['{ Fn::GetAtt: [Other, !Ref Name] }', { 'Fn::GetAtt': ['Other', 'shop'] }],
  ['!Sub "${Name}/${Other}/${Other.Arn}/${!Kept}"', { 'Fn::Sub': 'shop/${Other}/${Other.Arn}/${!Kept}' }],
  [
    '!Sub ["${A}", { A: !GetAtt Other.Arn }]',
    { 'Fn::Sub': ['${A}', { A: { 'Fn::GetAtt': ['Other', 'Arn'] } }] },
  ],
  ['!Join ["", [!Ref Name, !Ref Other]]', { 'Fn::Join': ['', ['shop', { Ref: 'Other' }]] }],
  [
    '!Select [0, !Split [":", !GetAtt Other.Arn]]',
    { 'Fn::Select': [0, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Other', 'Arn'] }] }] },
  ],
];

for (const [text, expected] of values) t.test(text, async (t) => t.strictSame(value(text), expected));

t.test('what a resource stands for may be given', async (t) => {
  const attribute = ({ resource, attribute: name }: { resource: string; attribute?: string }) =>
    `arn:${resource}${name === undefined ? '' : `/${name}`}`;
  t.equal(value('!Sub "${Name} ${Other} ${Other.Arn}"', { attribute }), 'shop arn:Other arn:Other/Arn');
  t.equal(value('!Select [1, !Split ["/", !GetAtt Other.Arn]]', { attribute }), 'Arn');
});

t.test('parameters: given, lists, from Parameter Store, another stack’s', async (t) => {
  const parameters = { Count: '3', Sizes: ['x', 'y'], Mode: 'full' };
  t.equal(value('!Ref Count', { parameters }), 3);
  t.strictSame(value('!Ref Sizes', { parameters }), ['x', 'y']);
  t.equal(value('!If [IsFull, full, not]', { parameters }), 'full');
  const later = { Domain: { 'Fn::GetAtt': ['dns', 'Domain'] } };
  t.strictSame(value('!Sub "https://${Domain}/"', { parameters: later }), {
    'Fn::Sub': ['https://${Domain}/', { Domain: { 'Fn::GetAtt': ['dns', 'Domain'] } }],
  });
  t.equal(
    value('!If [HasDomain, yes it has, no]', { parameters: later }),
    'yes it has',
    'it will not be empty',
  );
  const image = "Resources:\n  A: { Type: 'AWS::X', Properties: { Id: !Ref Ami } }\n";
  const template = `Parameters:\n  Ami: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/ami }\n${image}`;
  const resolved = resolveTemplate(parseTemplate(template, 'x.yaml'));
  t.equal(resolved.resources.A?.Properties.Id, '{{resolve:ssm:/aws/ami}}');
});

t.test('conditions decide what is made, and what depends on what', async (t) => {
  const rest = `Resources:
  A: { Type: 'AWS::X', Condition: IsFull }
  B: { Type: 'AWS::X', DependsOn: [A, C], Properties: { V: !If [IsFull, !Ref A, none], W: !GetAtt D.Arn } }
  C: { Type: 'AWS::X', Metadata: { Note: !Ref Elsewhere } }
  D: { Type: 'AWS::X', DeletionPolicy: Retain }
Outputs:
  A: { Condition: IsFull, Value: !Ref A }
  D: { Value: !GetAtt D.Arn }
`;
  const without = resolve(rest);
  t.strictSame(Object.keys(without.resources), ['B', 'C', 'D']);
  t.strictSame(without.resources.B?.DependsOn, ['C']);
  t.strictSame(without.resources.B?.references, [{ resource: 'C' }, { resource: 'D', attribute: 'Arn' }]);
  t.strictSame(without.resources.C?.Metadata, { Note: { Ref: 'Elsewhere' } }, 'metadata stays as written');
  t.equal(without.resources.D?.DeletionPolicy, 'Retain');
  t.strictSame(without.outputs, { D: { 'Fn::GetAtt': ['D', 'Arn'] } });
  const both = resolve(rest, { parameters: { Mode: 'full', Domain: 'x.org' } });
  t.strictSame(both.conditions, { IsFull: true, HasDomain: true, Both: true, Either: true });
  t.strictSame(both.resources.B?.references, [
    { resource: 'A' },
    { resource: 'C' },
    { resource: 'D', attribute: 'Arn' },
  ]);
  t.strictSame(both.outputs, { A: { Ref: 'A' }, D: { 'Fn::GetAtt': ['D', 'Arn'] } });
});

const one = "Resources:\n  One: { Type: 'AWS::X', Properties: { V: ";
const wrong: readonly (readonly [text: string, problem: RegExp, inputs?: TemplateInputs])[] = [
  [`${one}!Ref Nmae } }`, /^15:48 There is no parameter or resource "Nmae" \(Did you mean "Name"\?\)$/],
  [`${one}!Sub "\${Nmae}" } }`, /^15:48 There is no parameter or resource "Nmae"/],
  [`${one}!If [IsFul, 1, 2] } }`, /^15:48 There is no condition "IsFul" \(Did you mean "IsFull"\?\)$/],
  [`${one}!Select [5, !Ref Sizes] } }`, /^15:51 Fn::Select wants item 5 of a list of 2/],
  [`${one}!Sub "\${Sizes}" } }`, /Fn::Sub can't write \$\{Sizes\} into a text/],
  [`${one}!FindInMap [Ports, http, quic] } }`, /There is nothing at Ports\.http\.quic in Mappings/],
  [`${one}!ImportValue x } }`, /Fn::ImportValue is not known here \(Feed a parameter from the output/],
  [`${one}!Cidr [10.0.0.0/24, 3, 8] } }`, /3 blocks of 8 bits do not fit into 10\.0\.0\.0\/24/],
  [
    `${one}!Ref Two } }\n  Two: { Type: 'AWS::X', Condition: IsFull }`,
    /^15:48 Two is named here, but its condition is false/,
  ],
  [`Resources:\n  One: { Type: 'AWS::X', DependsOn: Tow }`, /There is no parameter or resource "Tow"/],
  [
    `  Loop: !Condition Pool\n  Pool: !Condition Loop\nResources:\n  One: { Type: 'AWS::X' }`,
    /The condition Loop depends on itself/,
  ],
  [
    `${one}1 } }`,
    /^4:3 The parameter Count must be from 1 to 9, not "12" \(From 1 to 9\.\)$/,
    { parameters: { Count: 12 } },
  ],
  [`${one}1 } }`, /^4:3 The parameter Count must be a number, not "x"/, { parameters: { Count: 'x' } }],
  [
    `${one}1 } }`,
    /^5:3 The parameter Mode must be one of content, full, not "ful"/,
    { parameters: { Mode: 'ful' } },
  ],
  [`${one}1 } }`, /^6:3 The parameter Domain must match .*, not "a b"/, { parameters: { Domain: 'a b' } }],
  [
    `${one}1 } }`,
    /stack\.yaml has no parameter "Nam" \(Did you mean "Name"\?\)$/,
    { parameters: { Nam: '' } },
  ],
  [
    `Rules:\n  R:\n    RuleCondition: !Equals [!Ref Mode, full]\n    Assertions:\n      - Assert: !Contains [[a.org], !Ref Domain]\n        AssertDescription: Only a.org\n${one}1 } }`,
    /^18:9 Only a\.org/,
    { parameters: { Mode: 'full' } },
  ],
];

for (const [text, problem, inputs] of wrong)
  t.test(`refused: ${problem.source}`, async (t) => {
    const [first = '', ...more] = problems(text, inputs).filter((line) => !line.includes('condition Pool'));
    t.match(first, problem);
    t.strictSame(more, []);
  });

t.test('a parameter without a value is missing', async (t) => {
  const template = parseTemplate(
    "Parameters:\n  X: { Type: String }\nResources:\n  A: { Type: 'B' }\n",
    'x.yaml',
  );
  t.throws(() => resolveTemplate(template), { message: 'The parameter X is missing' });
});

t.test('all problems are told at once', async (t) => {
  t.equal(problems(`${one}!Ref A } }\n  Two: { Type: 'AWS::X', Properties: { V: !Ref B } }`).length, 2);
});
