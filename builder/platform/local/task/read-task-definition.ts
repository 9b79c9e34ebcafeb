import { BuilderError } from '../../../errors.js';
import { parseYaml } from '../../../yaml/yaml.js';
import { parseTemplate } from '../../template/read-template.js';
import { type TemplateInputs, resolveTemplate } from '../../template/resolve-template.js';
import { cloudFormationNames } from './ecs-names.js';
import { type ParsedTask, parseTaskDefinition } from './parse-task-definition.js';

/**
 * A task definition of a person's: a CloudFormation template that has one (or its properties alone), in YAML or JSON, or what
 * `aws ecs describe-task-definition` prints.
 * @param name how messages call the file
 * @throws SpecError, BuilderError `invalid` where there is none in it, or more than one
 */
export function readTaskDefinition(text: string, name: string, inputs: TemplateInputs = {}): ParsedTask {
  if (/^\s*"?Resources"?\s*:/m.test(text)) return fromTemplate(text, name, inputs);
  const source = parseYaml(text, name);
  const data = source.data as Record<string, unknown> | null;
  const definition = described(data);
  if (definition?.['ContainerDefinitions'] !== undefined) return parseTaskDefinition(source);
  if (definition?.['containerDefinitions'] === undefined)
    throw new BuilderError(`${name} holds no task definition`, {
      code: 'invalid',
      hint: 'Give a CloudFormation template with an AWS::ECS::TaskDefinition, or what "aws ecs describe-task-definition" prints.',
    });
  return parseTaskDefinition({ ...source, data: cloudFormationNames(definition) });
}

/** AWS's answer has a revision's tags beside its definition. */
function described(data: Record<string, unknown> | null): Record<string, unknown> | null {
  const definition = data?.['taskDefinition'] as Record<string, unknown> | undefined;
  return definition === undefined ? data : { ...definition, tags: data?.['tags'] };
}

function fromTemplate(text: string, name: string, inputs: TemplateInputs): ParsedTask {
  const template = parseTemplate(text, name);
  const { resources } = resolveTemplate(template, inputs);
  const found = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::ECS::TaskDefinition');
  const [one, ...more] = found;
  if (one === undefined || more.length > 0)
    throw new BuilderError(
      one === undefined
        ? `${name} has no AWS::ECS::TaskDefinition`
        : `${name} has ${found.length} task definitions: ${found.map(([id]) => id).join(', ')}`,
      { code: 'invalid' },
    );
  return parseTaskDefinition({ ...template.source, data: one[1].Properties });
}
