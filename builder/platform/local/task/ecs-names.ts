/** Names that ECS's answers spell otherwise than CloudFormation, beyond the first letter's case. */
const spelling: Readonly<Record<string, string>> = {
  efsVolumeConfiguration: 'EFSVolumeConfiguration',
  s3filesVolumeConfiguration: 'S3FilesVolumeConfiguration',
  fsxWindowsFileServerVolumeConfiguration: 'FSxWindowsFileServerVolumeConfiguration',
  iam: 'IAM',
};

/** Those that are spelled otherwise only there, by the field that they are of. */
const spellingIn: Readonly<Record<string, string>> = {
  'efsVolumeConfiguration.fileSystemId': 'FilesystemId',
  'proxyConfiguration.properties': 'ProxyConfigurationProperties',
};

/** Keys below these are the user's. */
const freeMaps = new Set(['options', 'dockerLabels', 'driverOpts', 'labels']);

/** What `describe-task-definition` tells of a revision beyond its definition. */
const ofTheRevision = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'deregisteredAt',
  'deleteRequestedAt',
  'registeredBy',
];

/** A task definition in the spelling of the ECS API (`register-task-definition`, `describe-task-definition`) in CloudFormation's. */
export function cloudFormationNames(definition: object): object {
  const entries = Object.entries(definition).filter(([name]) => !ofTheRevision.includes(name));
  return renamed(Object.fromEntries(entries), '') as object;
}

function renamed(value: unknown, parent: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, parent));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      nameOf(name, parent),
      freeMaps.has(name) ? inner : renamed(inner, name),
    ]),
  );
}

function nameOf(name: string, parent: string): string {
  return spellingIn[`${parent}.${name}`] ?? spelling[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}
