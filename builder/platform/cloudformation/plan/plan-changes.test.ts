import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import t from 'tap';
import { environmentOf, platformVariants } from '../../../testing/platform-variants.js';
import { loadPlatform } from '../../graph/load-platform.js';
import { parseTemplate, readTemplate } from '../../template/read-template.js';
import { resolveTemplate } from '../../template/resolve-template.js';
import { mergeChanges } from './merge-changes.js';
import { resourceDifferences } from './property-difference.js';
import { refuseLiveWeights, refuseLosses } from './refuse-losses.js';
import { refuseRemovals } from './refuse-removals.js';
import { replacementProperties } from './replacement-properties.js';

const resources = (text: string) => resolveTemplate(parseTemplate(text, 'x.yaml')).resources;

const database = (properties: string): string => `Resources:
  Instance:
    Type: AWS::RDS::DBInstance
    Properties: { ${properties} }
  Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Dimensions: [{ Name: Id, Value: !Ref Instance }] } }
`;

const own = (before: string, after: string) => resourceDifferences(resources(before), resources(after));
const changes = (before: string, after: string) =>
  mergeChanges('database', { own: own(before, after), found: undefined, isCompared: false });

t.test(
  'a property is told with what it was and what it will be, and whether something restarts',
  async (t) => {
    const told = changes(
      database('DBInstanceClass: db.t4g.small'),
      database('DBInstanceClass: db.m6g.large'),
    );
    t.match(told, [
      {
        part: 'database/Instance',
        action: 'update',
        reasons: ['DBInstanceClass db.t4g.small → db.m6g.large', /^restarts the database/],
      },
    ]);
    t.equal(told.length, 1);
    t.doesNotThrow(() => refuseLosses({ changes: told }, []));
  },
);

t.test(
  'a replacement of what holds data is refused until it is allowed by name; who names it changes, too',
  async (t) => {
    const told = changes(database('StorageEncrypted: false'), database('StorageEncrypted: true'));
    t.match(told, [
      { part: 'database/Instance', action: 'replace', loses: 'the database' },
      { part: 'database/Alarm', action: 'update', reasons: [/the Instance there is → the new one/] },
    ]);
    t.throws(() => refuseLosses({ changes: told }, []), {
      code: 'usage',
      message: /database\/Instance would be replaced: the database is lost \(StorageEncrypted false → true\)/,
      hint: /--allow-replace database\/Instance$/,
    });
    t.throws(() => refuseLosses({ changes: told }, ['database/Alarm']));
    t.doesNotThrow(() => refuseLosses({ changes: told }, ['database/Instance']));
  },
);

t.test(
  'numbers and their text are the same to CloudFormation; lists of another length are one value',
  async (t) => {
    t.same(own(database('AllocatedStorage: 20'), database("AllocatedStorage: '20'")), []);
    const [first] = changes(database('Tags: [{ Key: a, Value: b }]'), database('Tags: []'));
    t.same(first?.reasons, ['Tags [{"Key":"a","Value":"b"}] → []']);
  },
);

t.test("CloudFormation's comparison counts more than our own", async (t) => {
  const found = {
    id: 'set',
    stackId: 'stack',
    status: 'CREATE_COMPLETE',
    changes: [
      {
        action: 'Modify' as const,
        logicalId: 'Instance',
        type: 'AWS::RDS::DBInstance',
        replacement: 'False' as const,
        properties: [{ path: '/Properties/StorageEncrypted', before: 'false', after: 'true' }],
      },
    ],
  };
  const sides = { own: own(database('StorageEncrypted: false'), database('StorageEncrypted: true')) };
  const told = mergeChanges('database', { ...sides, found, isCompared: true });
  t.match(told, [{ action: 'update', reasons: ['StorageEncrypted false → true'] }]);
  t.equal(told.length, 1);
  const kept = {
    ...found,
    changes: [{ ...found.changes[0]!, replacement: 'True' as const, policyAction: 'ReplaceAndSnapshot' }],
  };
  const [snapshot] = mergeChanges('database', { ...sides, found: kept, isCompared: true });
  t.match(snapshot, { action: 'replace', reasons: [/./, 'a last snapshot is kept'], loses: undefined });
});

t.test('a stack that stays is not taken away: the way back from blue/green is told instead', async (t) => {
  const context = { platform: loadPlatform('.'), spec: environmentOf('region: eu-central-1\n', 'prod') };
  const stacks = platformVariants(context.platform).find(({ name }) => name === 'blue-green')?.stacks ?? [];
  const gone = (...names: string[]) => ({ obsolete: stacks.filter(({ name }) => names.includes(name)) });
  t.throws(() => refuseRemovals(context, gone('dashboard', 'service-blue-green')), {
    code: 'usage',
    message:
      "prod.yaml has no service-blue-green any more, and platen-blue-green-service-blue-green can't be taken away",
    hint: /answers 503.*Set service\.strategy to rolling-after/,
  });
  t.doesNotThrow(() => refuseRemovals(context, gone('dashboard')));
});

t.test("the table of replacements is AWS's", async (t) => {
  const spec = loadAwsServiceSpecSync();
  for (const [type, { always, maybe }] of Object.entries(replacementProperties)) {
    const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
    const of = (kind: string) =>
      Object.entries(resource?.properties ?? {})
        .filter(([, { causesReplacement }]) => causesReplacement === kind)
        .map(([name]) => name)
        .sort();
    t.same([always, maybe], [of('yes'), of('maybe')], `${type}: scripts/renew-replacements`);
  }
});

t.test('the rule whose weights ECS moves is not touched by a deployment', async (t) => {
  const { Resources } = readTemplate('infra-cfn/stacks/service-blue-green.yaml');
  t.equal(Resources['ProductionRule']?.Type, 'AWS::ElasticLoadBalancingV2::ListenerRule', 'that is its name');
  const rule = {
    part: 'service-blue-green/ProductionRule',
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  };
  const change = (action: 'create' | 'update' | 'replace') => ({
    changes: [{ ...rule, action, reasons: ['Tags'] }],
  });
  for (const action of ['update', 'replace'] as const) {
    t.throws(() => refuseLiveWeights(change(action), []), {
      code: 'usage',
      message: /\(Tags\), and with it set back the weights that ECS gave it/,
      hint: /--allow-replace service-blue-green\/ProductionRule/,
    });
    t.doesNotThrow(() => refuseLiveWeights(change(action), ['service-blue-green/ProductionRule']));
  }
  t.doesNotThrow(() => refuseLiveWeights(change('create'), []));
  t.doesNotThrow(() => refuseLiveWeights({ changes: [{ ...rule, action: 'none', reasons: [] }] }, []));
});
