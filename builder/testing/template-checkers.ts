import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RenderedTemplate } from './platform-variants.js';

/** A checker's finding in a template. */
export interface CheckerFinding {
  readonly checker: string;
  readonly rule: string;
  /** The name of the rendered template. */
  readonly template: string;
  /** Empty if it concerns no resource. */
  readonly resource: string;
  readonly message: string;
}

/** Writes each template to a file of its name. */
export function writeTemplates(folder: string, templates: readonly RenderedTemplate[]): string {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of templates) writeFileSync(join(folder, `${name}.json`), text);
  return folder;
}

/** Runs cfn-lint from the Python package that `scripts/setup test` installs. */
export async function cfnLint(files: readonly string[]): Promise<CheckerFinding[]> {
  const said = await runPython('cfn-lint', 'cfn-lint', ['--format', 'json', '--template', ...files]);
  const findings = JSON.parse(said || '[]') as readonly {
    Rule: { Id: string };
    Filename: string;
    Message: string;
    Location: { Path?: readonly (string | number)[] | null };
  }[];
  return findings.map(
    ({ Rule: { Id: rule }, Filename: file, Message: message, Location: { Path: path } }) => ({
      checker: 'cfn-lint',
      rule,
      template: templateOf(file),
      message,
      resource: path?.[0] === 'Resources' ? String(path[1]) : '',
    }),
  );
}

/** Runs checkov from the Python package that `scripts/setup test` installs. */
export async function checkov(folder: string): Promise<CheckerFinding[]> {
  const args = [
    '--directory',
    folder,
    '--framework',
    'cloudformation',
    '--output',
    'json',
    '--quiet',
    '--compact',
  ];
  const said = await runPython('checkov', 'checkov', [...args, '--skip-download']);
  const parsed = JSON.parse(said) as {
    results: {
      failed_checks: readonly { check_id: string; check_name: string; file_path: string; resource: string }[];
      parsing_errors?: readonly string[];
    };
  };
  const { failed_checks: failed, parsing_errors: unread = [] } = parsed.results;
  return [
    ...failed.map((one) => ({
      checker: 'checkov',
      rule: one.check_id,
      template: templateOf(one.file_path),
      resource: one.resource.split('.').at(-1) ?? '',
      message: one.check_name,
    })),
    ...unread.map((file) => ({
      checker: 'checkov',
      rule: 'unread',
      template: templateOf(file),
      resource: '',
      message: '',
    })),
  ];
}

/** Runs AWS's own validator for Node. */
export async function cloudformationValidate(folder: string): Promise<CheckerFinding[]> {
  const { RegoEngine, TemplateFile } = await import('@aws/cloudformation-validate');
  const engine = new RegoEngine();
  try {
    return readdirSync(folder).flatMap((file) =>
      engine.validateStandard(new TemplateFile(join(folder, file))).diagnostics.flatMap((one) =>
        one.severity === 'INFO'
          ? []
          : [
              {
                checker: 'cloudformation-validate',
                rule: one.ruleId,
                template: templateOf(file),
                resource: one.entity?.logicalId ?? '',
                message: one.message,
              },
            ],
      ),
    );
  } finally {
    engine.free();
  }
}

/** Runs cdk-nag's AwsSolutions. */
export async function cdkNag(folder: string): Promise<CheckerFinding[]> {
  const { App, Stack } = await import('aws-cdk-lib');
  const { CfnInclude } = await import('aws-cdk-lib/cloudformation-include');
  const { AwsSolutionsChecks } = await import('cdk-nag');
  const app = new App({ analyticsReporting: false });
  for (const file of readdirSync(folder)) {
    const stack = new Stack(app, templateOf(file));
    new CfnInclude(stack, 'Template', { templateFile: join(folder, file), preserveLogicalIds: true });
  }
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName: rule, description: message, violatingResources: resources }) =>
    resources.map((one) => {
      const [template = '', , resource = ''] = (
        'constructPath' in one ? String(one.constructPath) : ''
      ).split('/');
      return { checker: 'cdk-nag', rule, template, resource, message };
    }),
  );
}

/** Output of a program from a Python package; with findings, programs exit with other codes than 0. */
async function runPython(name: string, program: string, args: readonly string[]): Promise<string> {
  const folder = resolve('dist/test-tools', name);
  const path = join(folder, 'bin', program);
  const own = existsSync(path);
  const env = { ...process.env, ...(own ? { PYTHONPATH: folder } : {}), AWS_DEFAULT_REGION: 'us-east-1' };
  return new Promise((done, reject) => {
    execFile(own ? path : program, [...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(`${program}: ${stderr || error.message}`));
      else done(stdout);
    });
  });
}

function templateOf(file: string): string {
  return (file.split('/').at(-1) ?? '').replace(/\.(json|yaml)$/, '');
}
