import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { platformVariants, renderedTemplates } from '../../testing/platform-variants.js';
import {
  type CheckerFinding,
  cdkNag,
  cfnLint,
  checkov,
  cloudformationValidate,
  writeTemplates,
} from '../../testing/template-checkers.js';
import { readTemplate } from '../template/read-template.js';
import { checkPolicy } from './check-policy.js';
import { type Waiver, waiverCounts, waiversOf } from './waivers.js';

const variants = platformVariants();
const rendered = renderedTemplates(variants);
const stacksFolder = 'infra-cfn/stacks';
const files = readdirSync(stacksFolder).map((file) => join(stacksFolder, file));

/** What is no finding once values are filled in: each with the reason. */
const ofRendering: Readonly<Record<string, string>> = {
  W2001: 'A parameter whose condition is false is used by the template, not by this rendering of it',
  W2509: 'The ARN of a secret is no secret',
  W3010: "!GetAZs is filled in; the template itself names no zone, which cfn-lint's run over it shows",
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
  const results = await Promise.all([
    cfnLint(paths),
    checkov(folder),
    cloudformationValidate(folder),
    cdkNag(folder),
  ]);
  for (const [index, checker] of ['cfn-lint', 'checkov', 'cloudformation-validate', 'cdk-nag'].entries())
    t.strictSame(unexplained(results[index] ?? []), [], checker);
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
