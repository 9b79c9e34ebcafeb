import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

type Type = { readonly type: string } & Record<string, unknown>;

/** The paths of all properties that CloudFormation knows of a resource, `ContainerDefinitions.Name`: lists and maps without marks. */
export function cloudFormationProperties(resource: string): string[] {
  const database = loadAwsServiceSpecSync();
  const below = (type: Type, path: string): string[] => {
    const inner = { array: [type['element']], union: type['types'] }[type.type] as Type[] | undefined;
    if (inner !== undefined) return [...new Set(inner.flatMap((one) => below(one, path)))];
    if (type.type !== 'ref') return [path];
    const { $ref } = type['reference'] as { $ref: string };
    const { properties } = database.get('typeDefinition', $ref);
    return Object.entries(properties).flatMap(([name, property]) =>
      below(property.type as unknown as Type, `${path}.${name}`),
    );
  };
  const { properties } = database.lookup('resource', 'cloudFormationType', 'equals', resource).only();
  return Object.entries(properties).flatMap(([name, { type }]) => below(type as unknown as Type, name));
}
