/** AWS Security Hub's controls (Foundational Security Best Practices) that a platform is meant to pass, by their numbers. */
const families: Readonly<Record<string, readonly number[]>> = {
  ACM: [1, 2],
  AutoScaling: [1, 2, 3, 4, 5, 6, 9],
  Backup: [1],
  CloudFront: [1, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15],
  EC2: [2, 3, 6, 8, 9, 10, 13, 14, 15, 18, 19, 21, 25],
  ECR: [1, 2, 3],
  ECS: [2, 3, 4, 5, 8, 9, 12, 17, 18, 19, 20],
  EFS: [1, 2, 3, 4, 6],
  ELB: [1, 4, 5, 6, 12, 13, 16, 17],
  RDS: [2, 3, 4, 5, 6, 8, 9, 10, 11, 13, 17, 19, 20, 21, 22, 25, 26, 39],
  S3: [2, 3, 5, 8, 9, 10, 13, 14],
  SNS: [1],
  SecretsManager: [1, 2, 3, 4],
  WAF: [10, 11, 12],
};

export const wantedControls: readonly string[] = Object.entries(families).flatMap(([family, numbers]) =>
  numbers.map((number) => `${family}.${number}`),
);

/** Controls that no template can break or show, and why. */
export const controlsWithoutRule: Readonly<Record<string, string>> = {
  'AutoScaling.3': 'There is no launch configuration; the launch template passes EC2.8',
  'AutoScaling.5': 'There is no launch configuration; the launch template passes EC2.25',
  'CloudFront.12': 'No origin is a bucket',
  'CloudFront.13': 'No origin is a bucket',
  'RDS.4': 'Snapshots are encrypted as their database is: RDS.3',
  'RDS.19': 'About clusters, of which there are none; RDS.20 is the same of instances',
  'SecretsManager.2':
    'Of a rotation that failed only the account knows; redeploy and the alarms tell of those that worked',
  'SecretsManager.3': 'Of secrets that nobody reads only the account knows',
};
