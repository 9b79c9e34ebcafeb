import { type FieldTable, emulated, notHonoured, same } from './field-treatment.js';

const noRoles = notHonoured('there are no roles on this machine');
const noEbs = notHonoured('there are no block devices to attach');
const noCloudMap = notHonoured('containers find each other by their names on the network');

const containerSame = [
  ...['Name', 'Image', 'Command', 'EntryPoint', 'WorkingDirectory', 'User', 'Environment', 'Interactive'],
  ...['PseudoTerminal', 'ReadonlyRootFilesystem', 'Privileged', 'DockerSecurityOptions', 'Memory'],
  ...['MemoryReservation', 'Cpu', 'Ulimits', 'HealthCheck', 'StopTimeout', 'DockerLabels', 'Hostname'],
  ...['ExtraHosts', 'DnsServers', 'DnsSearchDomains', 'SystemControls', 'DisableNetworking', 'VolumesFrom'],
  ...['LinuxParameters.Capabilities', 'LinuxParameters.Devices', 'LinuxParameters.InitProcessEnabled'],
  ...['LinuxParameters.MaxSwap', 'LinuxParameters.SharedMemorySize', 'LinuxParameters.Swappiness'],
  'LinuxParameters.Tmpfs',
] as const;

const containerFields: FieldTable = {
  ...Object.fromEntries(containerSame.map((name) => [name, same])),
  Essential: emulated("the task ends with it; a service's is started again by Docker"),
  DependsOn: emulated('containers are started in this order'),
  StartTimeout: emulated('how long DependsOn waits'),
  RestartPolicy: emulated('restarted by Docker, or by platen where it runs the task'),
  Secrets: emulated('files of mode 0600 where the image takes NAME_FILE, else variables'),
  MountPoints: same,
  PortMappings: emulated('reached at the address of the task; published where the task is run by itself'),
  'PortMappings.Name': notHonoured('there is no Service Connect'),
  'PortMappings.AppProtocol': notHonoured('there is no Service Connect'),
  LogConfiguration: emulated('kept by Docker (platen logs), under the name of the log stream'),
  'LogConfiguration.SecretOptions': notHonoured('Docker keeps the log'),
  FirelensConfiguration: notHonoured('Docker keeps the log'),
  ResourceRequirements: notHonoured('there are no accelerators to reserve'),
  EnvironmentFiles: notHonoured('there is no S3 to take them from'),
  RepositoryCredentials: notHonoured('images must be in Docker, or in a registry that it is logged in to'),
  CredentialSpecs: notHonoured('Windows only'),
  Links: notHonoured('containers of a task share a network namespace, and reach each other by localhost'),
  VersionConsistency: emulated('the image is looked up once, and run by its digest'),
};

/** What becomes of each property of `AWS::ECS::TaskDefinition` on Docker. */
export const taskFields: FieldTable = {
  Family: emulated('first part of the names of containers'),
  Tags: emulated('labels'),
  NetworkMode: emulated(
    'awsvpc and bridge: one network namespace for all containers of a task; none: the same',
  ),
  PidMode: emulated('task: that of the container that holds the network; host: the same'),
  IpcMode: emulated('task: that of the container that holds the network; host and none: the same'),
  Cpu: emulated('a limit of each container, instead of all together'),
  Memory: emulated('a limit of each container that has none of its own, instead of all together'),
  RequiresCompatibilities: notHonoured('everything runs on Docker'),
  RuntimePlatform: emulated('said where it is not what this machine is'),
  TaskRoleArn: noRoles,
  ExecutionRoleArn: noRoles,
  PlacementConstraints: notHonoured('there is one machine'),
  ProxyConfiguration: notHonoured('there is no App Mesh'),
  InferenceAccelerators: notHonoured('there are no accelerators'),
  EphemeralStorage: notHonoured("containers share the disk of Docker's folder"),
  EnableFaultInjection: notHonoured('faults come from docker kill and docker pause'),

  'Volumes.Name': same,
  'Volumes.Host': emulated(
    'a folder of this machine; without a path a volume that lives as long as the task',
  ),
  'Volumes.DockerVolumeConfiguration': same,
  'Volumes.EFSVolumeConfiguration': emulated('a named volume'),
  'Volumes.EFSVolumeConfiguration.TransitEncryption': notHonoured('the volume is on the local disk'),
  'Volumes.EFSVolumeConfiguration.TransitEncryptionPort': notHonoured('the volume is on the local disk'),
  'Volumes.EFSVolumeConfiguration.AuthorizationConfig': emulated(
    'the volume is the access point, made with its user, group and mode; IAM is not asked',
  ),
  'Volumes.S3FilesVolumeConfiguration': notHonoured('there is no S3: an empty named volume in its place'),
  'Volumes.FSxWindowsFileServerVolumeConfiguration': notHonoured('Windows only'),
  'Volumes.ConfiguredAtLaunch': emulated('a volume that lives as long as the task'),

  ...Object.fromEntries(
    Object.entries(containerFields).map(([name, treatment]) => [`ContainerDefinitions.${name}`, treatment]),
  ),
};

/** What becomes of each property of `AWS::ECS::Service` on Docker. */
export const serviceFields: FieldTable = {
  ServiceName: emulated('names of containers'),
  TaskDefinition: same,
  DesiredCount: same,
  Tags: emulated('labels'),
  PropagateTags: emulated('labels'),
  EnableECSManagedTags: emulated('labels'),
  LoadBalancers: emulated(
    'a backend of the local load balancer, with the health check and drain of the target group',
  ),
  'LoadBalancers.LoadBalancerName': notHonoured('there are no classic load balancers'),
  'LoadBalancers.AdvancedConfiguration': notHonoured('deployments are rolling here'),
  HealthCheckGracePeriodSeconds: same,
  DeploymentConfiguration: emulated('a rolling deployment'),
  'DeploymentConfiguration.MinimumHealthyPercent': same,
  'DeploymentConfiguration.MaximumPercent': same,
  'DeploymentConfiguration.DeploymentCircuitBreaker': same,
  'DeploymentConfiguration.Strategy': emulated('ROLLING; the others are deployed rolling'),
  'DeploymentConfiguration.Alarms': notHonoured('there are no alarms'),
  'DeploymentConfiguration.BakeTimeInMinutes': notHonoured('deployments are rolling here'),
  'DeploymentConfiguration.CanaryConfiguration': notHonoured('deployments are rolling here'),
  'DeploymentConfiguration.LinearConfiguration': notHonoured('deployments are rolling here'),
  'DeploymentConfiguration.LifecycleHooks': notHonoured('there are no functions to call'),
  'DeploymentConfiguration.EarlySuccessCriteria': notHonoured(
    'a deployment ends when all replicas are healthy',
  ),
  DeploymentController: emulated('ECS: a rolling deployment'),
  ForceNewDeployment: emulated('another nonce is another revision'),
  SchedulingStrategy: emulated('REPLICA'),
  EnableExecuteCommand: emulated('platen exec, whether it is set or not'),
  Cluster: notHonoured('there is one machine'),
  LaunchType: notHonoured('there is one machine'),
  PlatformVersion: notHonoured('there is one machine'),
  CapacityProviderStrategy: notHonoured('there is one machine'),
  PlacementConstraints: notHonoured('there is one machine'),
  PlacementStrategies: notHonoured('there is one machine'),
  AvailabilityZoneRebalancing: notHonoured('there is one machine'),
  NetworkConfiguration: emulated("the environment's network"),
  'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups': notHonoured(
    'all on the network reach each other',
  ),
  Role: noRoles,
  ServiceRegistries: noCloudMap,
  ServiceConnectConfiguration: noCloudMap,
  VpcLatticeConfigurations: noCloudMap,
  VolumeConfigurations: noEbs,
  Monitoring: emulated('platen status measures when it is asked'),
};
