import { CloudFormationApi } from './cloudformation/cloudformation-api.js';
import { StackCareApi } from './cloudformation/stack-care-api.js';
import { Ec2Api } from './ec2/ec2-api.js';
import { EcsApi } from './ecs/ecs-api.js';
import { EfsApi } from './efs/efs-api.js';
import { ElbApi } from './elb/elb-api.js';
import { LogsApi } from './logs/logs-api.js';
import { RdsApi } from './rds/rds-api.js';
import { S3Api } from './s3/s3-api.js';
import { SsmApi } from './ssm/ssm-api.js';

/** The services of AWS that a platform lives by, each in one region; the SDK of each is loaded when it is first asked. */
export interface AwsServices {
  readonly cloudformation: CloudFormationApi;
  readonly stackCare: StackCareApi;
  readonly ec2: Ec2Api;
  readonly ecs: EcsApi;
  readonly efs: EfsApi;
  readonly elb: ElbApi;
  readonly logs: LogsApi;
  readonly rds: RdsApi;
  readonly s3: S3Api;
  readonly ssm: SsmApi;
}

export function awsServices(region: string): AwsServices {
  return {
    cloudformation: new CloudFormationApi(region),
    stackCare: new StackCareApi(region),
    ec2: new Ec2Api(region),
    ecs: new EcsApi(region),
    efs: new EfsApi(region),
    elb: new ElbApi(region),
    logs: new LogsApi(region),
    rds: new RdsApi(region),
    s3: new S3Api(region),
    ssm: new SsmApi(region),
  };
}
