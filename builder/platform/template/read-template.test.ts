import t from 'tap';
import { SpecError } from '../../errors.js';
import { parseTemplate, readTemplate } from './read-template.js';

const text = `AWSTemplateFormatVersion: '2010-09-09'
Conditions:
  Big: !Not [!Equals [!Ref Size, small]]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Condition: Big
    DependsOn: Key
    Properties:
      BucketName: !Sub
        - \${Name}-logs
        - Name: !GetAtt Key.Arn.Id
      Policy: !Base64
        Fn::Join: ['', [a, !Ref B]]
  Key:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
`;

t.test('short forms become long forms, and keep their places', async (t) => {
  const template = parseTemplate(text, 'x.yaml');
  t.strictSame(template.Conditions, { Big: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Size' }, 'small'] }] } });
  const { Bucket: bucket, Key: key } = template.Resources;
  t.strictSame(bucket?.Properties, {
    BucketName: { 'Fn::Sub': ['${Name}-logs', { Name: { 'Fn::GetAtt': ['Key', 'Arn.Id'] } }] },
    Policy: { 'Fn::Base64': { 'Fn::Join': ['', ['a', { Ref: 'B' }]] } },
  });
  t.match(bucket, { Condition: 'Big', DependsOn: ['Key'] });
  t.match(key, { DependsOn: [], Properties: {}, DeletionPolicy: 'Retain' });
  const path = ['Resources', 'Bucket', 'Properties', 'BucketName', 'Fn::Sub', 1, 'Name', 'Fn::GetAtt'];
  t.strictSame(template.source.originOf(path), { file: 'x.yaml', line: 12, column: 25 });
});

const wrong: readonly (readonly [text: string, problem: RegExp])[] = [
  ['Resources:\n  A: { Type: x, Propertys: {} }', /^2:17 The key "Propertys" is not known in Resources\.A/],
  ['Resources:\n  A: !Reff x', /^2:6 The tag !Reff is not known/],
  ['Description: x', /^1:1 Resources is missing/],
  ['Transform: AWS::Serverless\nResources: {}', /^1:12 Transform must be AWS::SecretsManager-2024-09-16/],
  ['Resources:\n  A-b: { Type: x }', /^2:3 Resources\.A-b must have letters and digits alone/],
  ['Resources:\n  A: { Type: x, DeletionPolicy: Keep }', /^2:33 .*must be one of Delete, Retain/],
];

for (const [source, problem] of wrong)
  t.test(`refused: ${problem.source}`, async (t) => {
    try {
      parseTemplate(source, 'x.yaml');
      t.fail('it was read');
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      const [first] = error.problems;
      t.match(`${first?.origin?.line}:${first?.origin?.column} ${first?.message}`, problem);
    }
  });

t.test('a file that is not there', async (t) => {
  t.throws(() => readTemplate('/nowhere/x.yaml', 'stacks/x.yaml'), {
    message: /^stacks\/x\.yaml can't be read/,
  });
});
