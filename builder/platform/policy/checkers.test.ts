import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import t from 'tap';
import { byHandVariant, platformVariants, renderedTemplates } from '../../testing/platform-variants.js';
import {
  type CheckerFinding,
  cdkNag,
  cfnLint,
  checkov,
  cloudformationValidate,
  writeTemplates,
} from '../../testing/template-checkers.js';
import { readTemplate } from '../template/read-template.js';
import { resolveStack } from '../template/render-template.js';
import { checkPolicy } from './check-policy.js';
import { type Waiver, waiverCounts, waiversOf } from './waivers.js';

const variants = [...platformVariants(), byHandVariant()];
const rendered = renderedTemplates(variants);
const files = ['infra-cfn/stacks', 'infra-cfn/examples/notes/stacks'].flatMap((folder) =>
  readdirSync(folder).map((file) => join(folder, file)),
);

/** What is no finding once values are filled in: each with the reason. */
const ofRendering: Readonly<Record<string, string>> = {
  W2001: 'A parameter whose condition is false is used by the template, not by this rendering of it',
  W2509: 'The ARN of a secret is no secret',
  W3010: "!GetAZs is filled in; the template itself names no zone, which cfn-lint's run over it shows",
  W9002:
    "!Sub's partition, region and account are filled in, with examples; no template has them, which a test shows",
  W9003: 'CloudFormation makes texts of numbers and truth values itself',
  W9013: '!Ref AWS::AccountId is filled in, with an example',
  W3005: 'A dependency that a reference implies stands there as well for who reads it',
};

const used = new Set<string>();
const keyOf = (file: string, { resource, rule }: Pick<Waiver, 'resource' | 'rule'>): string =>
  `${file} ${resource} ${rule}`;

/** Those of the findings for which no waiver gives a reason. */
function unexplained(findings: readonly CheckerFinding[]): string[] {
  const left = findings.filter(({ rule, template, resource }) => {
    if (rule in ofRendering) return false;
    const stack = rendered.find(({ name }) => name === template)?.stack;
    if (stack === undefined) return true;
    const waiver = waiversOf(stack.template).find(
      (one) => one.resource === resource && covers(one.rule, rule) && waiverCounts(one, stack),
    );
    if (waiver === undefined) return true;
    used.add(keyOf(stack.file, waiver));
    return false;
  });
  return [
    ...new Set(
      left.map(({ rule, template, resource, message }) => `${template}: ${resource}: ${rule} ${message}`),
    ),
  ];
}

/** A waiver of cdk-nag's may leave out which of a rule's findings it means, but not that of all resources. */
function covers(waived: string, found: string): boolean {
  return waived === found || (found.startsWith(`${waived}[`) && found !== 'AwsSolutions-IAM5[Resource::*]');
}

t.test('every template is usable by hand: small, described, tagged, in the same order', async (t) => {
  const order = [
    'AWSTemplateFormatVersion',
    'Description',
    'Metadata',
    'Parameters',
    'Transform',
    'Rules',
    'Mappings',
    'Conditions',
    'Resources',
    'Outputs',
  ];
  for (const file of files) {
    const template = readTemplate(file);
    const { text, data } = template.source;
    t.ok(statSync(file).size < 51_200, `${file} needs no bucket`);
    t.ok(text.trimEnd().split('\n').length <= 350, `${file} has at most 350 lines`);
    const sections = Object.keys(data as object);
    t.strictSame(
      sections,
      order.filter((one) => sections.includes(one)),
      `${file} has its sections in order`,
    );
    t.notMatch(text, /arn:aws[a-z-]*:/, `${file} is good for every partition`);
    t.ok(template.Description, `${file} is described`);
    const parameters = Object.entries(template.Parameters);
    t.strictSame(
      parameters.filter(([, one]) => !one.Description).map(([name]) => name),
      [],
      `${file}: parameters are described`,
    );
    const outputs = Object.entries(template.Outputs);
    t.strictSame(
      outputs.filter(([, one]) => !one.Description).map(([name]) => name),
      [],
      `${file}: outputs are described`,
    );
    t.strictSame(
      outputs.filter(([, one]) => one.Export !== undefined),
      [],
      `${file}: no export locks another stack`,
    );
    const groups = JSON.stringify(template.Metadata['AWS::CloudFormation::Interface'] ?? {});
    const ungrouped = parameters
      .filter(([name]) => !new RegExp(`"${name}"`).test(groups))
      .map(([name]) => name);
    t.strictSame(ungrouped, [], `${file}: parameters are grouped`);
  }
});

/** What gets no tag, and why. */
const untagged: Readonly<Record<string, string>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget':
    'It takes tags since lately: the schema in @aws/cloudformation-validate 1.9 refuses them',
  'AWS::CloudFront::VpcOrigin':
    'While it is attached nothing about it may change, not even a tag (aws/aws-cdk#35765)',
};

t.test('whatever takes tags has one of ours', async (t) => {
  const spec = loadAwsServiceSpecSync();
  const tagsOf = (type: string) =>
    spec.lookup('resource', 'cloudFormationType', 'equals', type)[0]?.tagInformation?.tagPropertyName;
  const missing = new Set<string>();
  let tagged = 0;
  for (const { stack } of rendered)
    for (const [id, { Type: type, Properties: properties }] of Object.entries(
      resolveStack(stack).resources,
    )) {
      const property = tagsOf(type);
      if (property === undefined || type in untagged) continue;
      if (/"platen:(environment|scope)"/.test(JSON.stringify(properties[property] ?? ''))) tagged++;
      else missing.add(`${stack.file}: ${id} (${type}) has no ${property}`);
    }
  t.strictSame([...missing], []);
  t.ok(tagged > 500, `${tagged} resources`);
});

t.test('our own rules: AWS Security Hub’s controls', async (t) => {
  for (const { name, stacks, environment } of variants) {
    const findings = checkPolicy(stacks, environment);
    const open = findings.filter(({ waived }) => waived === undefined);
    t.strictSame(
      open.map(({ rule, title, stack, resource }) => `${stack}.${resource}: ${rule} ${title}`),
      [],
      name,
    );
    for (const { rule, stack: stackName, resource } of findings) {
      const stack = stacks.find((one) => one.name === stackName);
      for (const waiver of stack === undefined ? [] : waiversOf(stack.template))
        if (waiver.resource === resource && (waiver.rule === rule || rule === 'resource-star'))
          used.add(keyOf(stack?.file ?? '', waiver));
    }
  }
});

t.test('no template is left out: some environment has each', async (t) => {
  const all = readdirSync('infra-cfn', { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)stacks\/[^/]+\.yaml$/.test(path))
    .map((path) => join('infra-cfn', path));
  t.strictSame(all.toSorted(), files.toSorted(), 'each is looked at as it is');
  const had = new Set(rendered.map(({ stack }) => stack.file));
  t.strictSame(
    all.filter((file) => !had.has(file)),
    [],
    'and with its values',
  );
});

t.test('cfn-lint, of the templates as they are', async (t) => {
  const findings = await cfnLint(files);
  t.strictSame(
    findings.map(({ template, resource, rule, message }) => `${template}: ${resource}: ${rule} ${message}`),
    [],
  );
});

t.test('checkers, of each environment and each switch turned both ways', async (t) => {
  const folder = writeTemplates(join(t.testdir(), 'templates'), rendered);
  const paths = rendered.map(({ name }) => join(folder, `${name}.json`));
  // Where there is no Python, the two that run in Node say what they find all the same.
  const checkers = {
    'cfn-lint': cfnLint(paths),
    checkov: checkov(folder),
    'cloudformation-validate': cloudformationValidate(folder),
    'cdk-nag': cdkNag(folder),
  };
  await Promise.allSettled(Object.values(checkers));
  for (const [checker, findings] of Object.entries(checkers))
    t.test(checker, async (t) => t.strictSame(unexplained(await findings), []));
});

t.test('no waiver is there for nothing', async (t) => {
  const given = new Map<string, string>();
  for (const { stacks } of variants)
    for (const { file, template } of stacks)
      for (const waiver of waiversOf(template)) given.set(keyOf(file, waiver), waiver.reason);
  t.strictSame(
    [...given.keys()].filter((key) => !used.has(key)),
    [],
  );
});
