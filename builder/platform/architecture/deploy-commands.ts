import type { PlatformStack, StackParameter } from '../graph/platform.js';

/**
 * The commands of the `aws` program that deploy these stacks one after the other, as shell: what outputs feed is asked for by
 * `output STACK NAME`, inputs are variables.
 */
export function deployCommands(stacks: readonly PlatformStack[]): string {
  return stacks.map(command).join('\n\n');
}

function command(stack: PlatformStack): string {
  const { template, stackName, file, region, parameters } = stack;
  const overrides = Object.entries(parameters).map(([name, value]) => `    ${name}=${inShell(value)}`);
  const capabilities = capabilitiesOf(template);
  return [
    `aws cloudformation deploy --region ${region ?? '"$REGION"'} --stack-name ${stackName} \\`,
    `  --template-file ${file}` +
      (capabilities === '' ? '' : ` --capabilities ${capabilities}`) +
      (overrides.length === 0 ? '' : ' --parameter-overrides \\'),
    ...(overrides.length === 0 ? [] : [overrides.join(' \\\n')]),
  ].join('\n');
}

/** What the caller must say that they know: roles are made, a macro is expanded. */
function capabilitiesOf({ Resources: resources, Transform: macro }: PlatformStack['template']): string {
  const types = Object.values(resources).map(({ Type: type }) => type);
  return [
    ...(types.some((type) => type.startsWith('AWS::IAM::')) ? ['CAPABILITY_NAMED_IAM'] : []),
    ...(macro === undefined ? [] : ['CAPABILITY_AUTO_EXPAND']),
  ].join(' ');
}

function inShell(parameter: StackParameter): string {
  const text =
    parameter.kind === 'known'
      ? [parameter.value].flat().map(String).join(',')
      : parameter.parts
          .map((part) => (typeof part === 'string' ? part : `$(output ${part.stack} ${part.output})`))
          .join('');
  if (/^[\w.:/-]+$/.test(text)) return text;
  // What is asked for, and variables, are filled in; nothing else is the shell's.
  return text.includes('$') ? `"${text}"` : `'${text}'`;
}
