import { propertiesOf } from '../../policy/rule.js';
import type { ChargeRule } from '../charge.js';

/** Database, files, cache, images, backups, buckets. */
export const dataCharges: Readonly<Record<string, ChargeRule>> = {
  'AWS::RDS::DBInstance': ({ properties }, { all }) => {
    const p = propertiesOf(properties);
    const standby = p.isTrue('MultiAZ') ? '-standby' : '';
    const instance = String(p('DBInstanceClass'));
    const words = standby === '' ? '' : ' with a standby';
    const gigabytes = Number(p('AllocatedStorage') ?? NaN);
    return [
      { what: `Database ${instance}${words}`, price: `database${standby}/${instance}`, quantity: all },
      // A replica has as much as its source, which its template does not say again.
      ...(Number.isNaN(gigabytes)
        ? [{ what: 'Storage of the replica', price: 'database-disk' }]
        : [{ what: 'Its storage', price: `database-disk${standby}`, quantity: gigabytes }]),
      { what: 'Backups beyond its size', price: 'database-backup' },
    ];
  },
  'AWS::ElastiCache::ReplicationGroup': ({ properties }, { all }) => {
    const nodes = Number(properties.NumNodeGroups ?? 1) * (1 + Number(properties.ReplicasPerNodeGroup ?? 0));
    const type = String(properties.CacheNodeType);
    return [{ what: `Cache, ${nodes} × ${type}`, price: `cache/${type}`, quantity: all * nodes }];
  },
  'AWS::EFS::FileSystem': () => [
    { what: 'Files', price: 'files' },
    { what: 'Files that nobody reads', price: 'files-cold' },
    { what: 'Files read', price: 'files-read' },
    { what: 'Files written', price: 'files-written' },
  ],
  'AWS::Backup::BackupVault': () => [{ what: 'Backups of files', price: 'files-backup' }],
  'AWS::ECR::Repository': () => [{ what: 'Images', price: 'images' }],
  'AWS::S3::Bucket': () => [{ what: 'Logs in buckets', price: 'bucket' }],
};
