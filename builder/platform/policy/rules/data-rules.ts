import { type Rule, type Subject, rule } from '../rule.js';

const backedUp = ({ all }: Subject, output: RegExp): boolean =>
  all.some(
    ({ type, properties }) =>
      type === 'AWS::Backup::BackupSelection' && output.test(JSON.stringify(properties.BackupSelection)),
  );
const events = ({ all }: Subject, source: string): boolean =>
  all.some(
    ({ type, properties }) => type === 'AWS::RDS::EventSubscription' && properties.SourceType === source,
  );

const rotated = ({ all, stack, id }: Subject): boolean =>
  all.some(
    ({ type, properties, stack: other }) =>
      type === 'AWS::SecretsManager::RotationSchedule' &&
      !/rate\((9[1-9]|[1-9]\d\d) days\)/.test(JSON.stringify(properties)) &&
      (other.name === stack.name
        ? JSON.stringify(properties.SecretId).includes(`"${id}"`)
        : JSON.stringify(other.parameters.SecretArn ?? '').includes(`"${stack.name}"`) && id === 'Secret'),
  );

/** RDS, EFS, ElastiCache, ECR, S3, secrets, backups: AWS Security Hub's Foundational Security Best Practices. */
export const dataRules: readonly Rule[] = [
  rule('RDS.2', 'The database is not public', 'RDS::DBInstance', (p) => p.isFalse('PubliclyAccessible')),
  rule('RDS.3', 'Its storage is encrypted', 'RDS::DBInstance', (p) => p.isTrue('StorageEncrypted')),
  rule('RDS.5', 'A standby is in another zone', 'RDS::DBInstance', (p) => p.isTrue('MultiAZ')),
  rule(
    'RDS.6',
    'It is measured each minute or more often',
    'RDS::DBInstance',
    (p) => Number(p('MonitoringInterval')) >= 1,
  ),
  rule('RDS.8', 'It refuses to be deleted', 'RDS::DBInstance', (p) => p.isTrue('DeletionProtection')),
  rule('RDS.9', 'Its logs are kept', 'RDS::DBInstance', (p) =>
    ['audit', 'error', 'general', 'slowquery'].every((log) =>
      p.list('EnableCloudwatchLogsExports').includes(log),
    ),
  ),
  rule('RDS.10', 'IAM may let somebody in', 'RDS::DBInstance', (p) =>
    p.isTrue('EnableIAMDatabaseAuthentication'),
  ),
  rule('RDS.11', 'A week can be restored', 'RDS::DBInstance', (p) => Number(p('BackupRetentionPeriod')) >= 7),
  rule('RDS.13', 'Small upgrades come by themselves', 'RDS::DBInstance', (p) =>
    p.isTrue('AutoMinorVersionUpgrade'),
  ),
  rule('RDS.17', 'Snapshots have its tags', 'RDS::DBInstance', (p) => p.isTrue('CopyTagsToSnapshot')),
  rule('RDS.20', 'Somebody is told of instances', 'RDS::DBInstance', (_, all) => events(all, 'db-instance')),
  rule('RDS.21', 'Somebody is told of parameter groups', 'RDS::DBInstance', (_, all) =>
    events(all, 'db-parameter-group'),
  ),
  rule('RDS.22', 'Somebody is told of security groups', 'RDS::DBInstance', (_, all) =>
    events(all, 'db-security-group'),
  ),
  rule('RDS.23', 'It has a port of its own', 'RDS::DBInstance', (p) => Number(p('Port')) !== 3306),
  rule(
    'RDS.25',
    'Its administrator has a name of their own',
    'RDS::DBInstance',
    (p) =>
      p('SourceDBInstanceIdentifier') !== undefined ||
      !['admin', 'root', 'administrator'].includes(String(p('MasterUsername'))),
  ),
  rule('RDS.26', 'A plan backs it up', 'RDS::DBInstance', (_, subject) => backedUp(subject, /DatabaseArn/)),
  rule(
    'RDS.39',
    'It takes nobody without TLS',
    'RDS::DBParameterGroup',
    (p) => p('Parameters.require_secure_transport') === '1',
  ),
  rule(
    'managed-password',
    'RDS keeps the password of its administrator',
    'RDS::DBInstance',
    (p) =>
      p('SourceDBInstanceIdentifier') !== undefined ||
      (p.isTrue('ManageMasterUserPassword') && p('MasterUserPassword') === undefined),
  ),
  rule('no-paid-extension', 'MySQL ends with its standard support', 'RDS::DBInstance', (p) =>
    p('Engine') === 'mysql'
      ? p('EngineLifecycleSupport') === 'open-source-rds-extended-support-disabled'
      : p('EngineLifecycleSupport') === undefined,
  ),
  rule(
    'final-snapshot',
    'A last snapshot is taken',
    'RDS::DBInstance',
    (p, { resource }) =>
      p('SourceDBInstanceIdentifier') !== undefined ||
      (resource.DeletionPolicy === 'Snapshot' && resource.UpdateReplacePolicy === 'Snapshot'),
  ),
  rule(
    'small-gp3',
    'gp3 below 400 GB has no figures of its own',
    'RDS::DBInstance',
    (p) =>
      p('StorageType') !== 'gp3' ||
      Number(p('AllocatedStorage')) >= 400 ||
      (p('Iops') === undefined && p('StorageThroughput') === undefined),
  ),
  rule(
    'EFS.1',
    'Files are encrypted with a key of ours',
    'EFS::FileSystem',
    (p) => p.isTrue('Encrypted') && p('KmsKeyId') !== undefined,
  ),
  rule('EFS.2', 'A plan backs them up', 'EFS::FileSystem', (_, subject) =>
    backedUp(subject, /FileSystemArn/),
  ),
  rule(
    'EFS.3',
    'Access points have a folder',
    'EFS::AccessPoint',
    (p) => String(p('RootDirectory.Path') ?? '/') !== '/',
  ),
  rule('EFS.4', 'Access points have a user', 'EFS::AccessPoint', (p) => p('PosixUser.Uid') !== undefined),
  rule('EFS.6', 'Mount targets are in subnets without a way out', 'EFS::MountTarget', (_, { stack }) => {
    const subnets = stack.parameters.Subnets;
    return subnets?.kind === 'outputs' && JSON.stringify(subnets.parts).includes('DataSubnets');
  }),
  rule(
    'ElastiCache.TLS',
    'The cache takes nobody without TLS',
    'ElastiCache::ReplicationGroup',
    (p) => p.isTrue('TransitEncryptionEnabled') && p('TransitEncryptionMode') === 'required',
  ),
  rule('ElastiCache.rest', 'What it keeps is encrypted', 'ElastiCache::ReplicationGroup', (p) =>
    p.isTrue('AtRestEncryptionEnabled'),
  ),
  rule(
    'ElastiCache.group',
    'Its parameter group is named',
    'ElastiCache::ReplicationGroup',
    (p) => p('CacheParameterGroupName') !== undefined,
  ),
  rule('ECR.1', 'Images are scanned', 'ECR::Repository', (p) =>
    p.isTrue('ImageScanningConfiguration.ScanOnPush'),
  ),
  rule('ECR.2', 'Tags are not moved', 'ECR::Repository', (p) =>
    String(p('ImageTagMutability')).startsWith('IMMUTABLE'),
  ),
  rule(
    'ECR.3',
    'Old images go',
    'ECR::Repository',
    (p) => p('LifecyclePolicy.LifecyclePolicyText') !== undefined,
  ),
  rule(
    'Backup.1',
    'Backups are encrypted',
    'Backup::BackupVault',
    (p) => p('EncryptionKeyArn') !== undefined,
  ),
  rule('SecretsManager.1', 'Secrets are rotated', 'SecretsManager::Secret', (_, subject) => rotated(subject)),
  rule('SecretsManager.4', 'And within 90 days', 'SecretsManager::Secret', (_, subject) => rotated(subject)),
  rule('S3.5', 'Buckets take nobody without TLS', 'S3::Bucket', (_, { all, stack }) =>
    all.some(
      ({ type, stack: other, properties }) =>
        type === 'AWS::S3::BucketPolicy' &&
        other === stack &&
        JSON.stringify(properties).includes('"aws:SecureTransport":"false"'),
    ),
  ),
  rule('S3.2', 'Nobody may read buckets', 'S3::Bucket', (p) =>
    ['BlockPublicPolicy', 'RestrictPublicBuckets'].every((one) =>
      p.isTrue(`PublicAccessBlockConfiguration.${one}`),
    ),
  ),
  rule('S3.3', 'Nobody may write to buckets', 'S3::Bucket', (p) =>
    ['BlockPublicAcls', 'IgnorePublicAcls'].every((one) => p.isTrue(`PublicAccessBlockConfiguration.${one}`)),
  ),
  rule('S3.8', 'Buckets are nobody else’s', 'S3::Bucket', (p) =>
    ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every((one) =>
      p.isTrue(`PublicAccessBlockConfiguration.${one}`),
    ),
  ),
  rule(
    'S3.9',
    'Accesses to buckets are logged',
    'S3::Bucket',
    (p) => p('LoggingConfiguration') !== undefined,
  ),
  rule(
    'S3.10',
    'Old versions in buckets come to an end',
    'S3::Bucket',
    (p) =>
      p('VersioningConfiguration.Status') !== 'Enabled' ||
      p.each('LifecycleConfiguration.Rules').some((one) => one('NoncurrentVersionExpiration') !== undefined),
  ),
  rule(
    'S3.13',
    'What is in buckets comes to an end',
    'S3::Bucket',
    (p) => p.list('LifecycleConfiguration.Rules').length > 0,
  ),
  rule(
    'S3.14',
    'Buckets keep versions',
    'S3::Bucket',
    (p) => p('VersioningConfiguration.Status') === 'Enabled',
  ),
  rule('KMS.4', 'Keys are rotated', 'KMS::Key', (p) => p.isTrue('EnableKeyRotation')),
];
