/** Types of resources that hold what can't be made again, and what that is. */
const stateful: Readonly<Record<string, string>> = {
  'AWS::RDS::DBInstance': 'the database',
  'AWS::RDS::DBCluster': 'the database',
  'AWS::EFS::FileSystem': 'the web root and uploads',
  'AWS::EFS::AccessPoint': 'the way to the web root',
  'AWS::S3::Bucket': 'what is in the bucket',
  'AWS::ECR::Repository': 'its images',
  'AWS::KMS::Key': 'the key, and what is encrypted by it',
  'AWS::SecretsManager::Secret': 'the secret',
  'AWS::Backup::BackupVault': 'its backups',
  'AWS::ElastiCache::ReplicationGroup': 'what is cached',
  'AWS::ElastiCache::ServerlessCache': 'what is cached',
  'AWS::DynamoDB::Table': 'the table',
  'AWS::Logs::LogGroup': 'its logs',
  'AWS::Route53::HostedZone': 'its records',
  // No data, but its address, and target groups that stay behind (aws-cloudformation coverage roadmap #780).
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'its address; target groups would stay with the old one',
};

/** Whether replacing or deleting such a resource loses something. */
export function isStateful(type: string): boolean {
  return type in stateful;
}

/** What is lost with it. */
export function lossOf(type: string): string | undefined {
  return stateful[type];
}
