/** A rendered template, as plain data. */
export type RenderedData = Readonly<Record<string, unknown>>;

/**
 * A template without resources of some types, which an emulator does not know; references to them become the text
 * "left-out-Key".
 */
export function withoutTypes(template: RenderedData, types: ReadonlySet<string>): RenderedData {
  const resources = template.Resources as Readonly<
    Record<string, { Type: string; DependsOn?: readonly string[] }>
  >;
  const gone = new Set(Object.keys(resources).filter((name) => types.has(resources[name]!.Type)));
  const kept = Object.fromEntries(
    Object.entries(resources)
      .filter(([name]) => !gone.has(name))
      .map(([name, { DependsOn: needs = [], ...resource }]) => [
        name,
        { ...resource, ...dependingOn(needs.filter((one) => !gone.has(one))) },
      ]),
  );
  return replaced({ ...template, Resources: kept }, gone) as RenderedData;
}

function dependingOn(names: readonly string[]): { DependsOn?: readonly string[] } {
  return names.length === 0 ? {} : { DependsOn: names };
}

function replaced(value: unknown, gone: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => replaced(one, gone));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref: name, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value as Record<string, unknown>;
  if (typeof name === 'string' && gone.has(name)) return `left-out-${name}`;
  if (Array.isArray(attribute) && gone.has(String(attribute[0]))) return `left-out-${String(attribute[0])}`;
  if (typeof text === 'string')
    return {
      'Fn::Sub': text.replaceAll(/\$\{([A-Za-z0-9]+)(\.[^}]*)?\}/g, (whole, one: string) =>
        gone.has(one) ? `left-out-${one}` : whole,
      ),
    };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, gone)]));
}
