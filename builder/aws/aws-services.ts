import { BackupApi } from './backup/backup-api.js';
import { CloudFormationApi } from './cloudformation/cloudformation-api.js';
import { StackCareApi } from './cloudformation/stack-care-api.js';
import { Ec2Api } from './ec2/ec2-api.js';
import { EcsApi } from './ecs/ecs-api.js';
import { EfsApi } from './efs/efs-api.js';
import { ElbApi } from './elb/elb-api.js';
import { IamApi } from './iam/iam-api.js';
import { LogsApi } from './logs/logs-api.js';
import { QuotasApi } from './quotas/quotas-api.js';
import { RdsApi } from './rds/rds-api.js';
import { S3Api } from './s3/s3-api.js';
import { SecretsApi } from './secrets/secrets-api.js';
import { SsmApi } from './ssm/ssm-api.js';

/** The services of AWS that a platform lives by, each in one region; the SDK of each is loaded when it is first asked. */
export interface AwsServices {
  readonly backup: BackupApi;
  readonly cloudformation: CloudFormationApi;
  readonly stackCare: StackCareApi;
  readonly ec2: Ec2Api;
  readonly ecs: EcsApi;
  readonly efs: EfsApi;
  readonly elb: ElbApi;
  readonly iam: IamApi;
  readonly logs: LogsApi;
  readonly quotas: QuotasApi;
  readonly rds: RdsApi;
  readonly s3: S3Api;
  readonly secrets: SecretsApi;
  readonly ssm: SsmApi;
}

/** @param profile of AWS's configuration files; without it the SDK finds credentials by itself */
export function awsServices(region: string, profile?: string): AwsServices {
  const place = { region, profile };
  return {
    backup: new BackupApi(place),
    cloudformation: new CloudFormationApi(place),
    stackCare: new StackCareApi(place),
    ec2: new Ec2Api(place),
    ecs: new EcsApi(place),
    efs: new EfsApi(place),
    elb: new ElbApi(place),
    iam: new IamApi(place),
    logs: new LogsApi(place),
    quotas: new QuotasApi(place),
    rds: new RdsApi(place),
    s3: new S3Api(place),
    secrets: new SecretsApi(place),
    ssm: new SsmApi(place),
  };
}
