/** What becomes of a field of AWS's on Docker. */
export type Treatment =
  | { readonly kind: 'same' }
  | { readonly kind: 'emulated'; readonly how: string }
  | { readonly kind: 'not honoured'; readonly why: string };

/**
 * Treatments by path in CloudFormation's spelling (`LinuxParameters.Tmpfs`); items of lists have their list's. A path stands for
 * all below it that have none of their own.
 */
export type FieldTable = Readonly<Record<string, Treatment>>;

export const same: Treatment = { kind: 'same' };
export const emulated = (how: string): Treatment => ({ kind: 'emulated', how });
export const notHonoured = (why: string): Treatment => ({ kind: 'not honoured', why });

/** The treatment of a path; undefined for one that the table does not know. */
export function treatmentOf(table: FieldTable, path: string): Treatment | undefined {
  const names = path.split('.');
  for (let length = names.length; length > 0; length -= 1) {
    const found = table[names.slice(0, length).join('.')];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Keys below these are names of the user's, and no fields. */
const freeMaps = new Set(['Options', 'DockerLabels', 'DriverOpts', 'Labels', 'HookDetails']);

/** The paths of all fields that a value sets, each once; a list or an object without fields is a field itself. */
export function fieldPaths(value: object): string[] {
  const found = new Set<string>();
  collect(value, '', found);
  return [...found];
}

function collect(value: unknown, path: string, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, path, found);
    return;
  }
  if (typeof value !== 'object' || value === null || freeMaps.has(path.split('.').at(-1) ?? '')) {
    found.add(path);
    return;
  }
  for (const [name, one] of Object.entries(value))
    if (one !== undefined) collect(one, path === '' ? name : `${path}.${name}`, found);
}
