import { tasksOfInstance } from '../../policy/check-capacity.js';
import { type Properties, type Subject, propertiesOf } from '../../policy/rule.js';
import type { Charge, ChargeRule, Hours } from '../charge.js';

/** Instances that the fewest tasks need, and those that there always are. */
function instanceHours({ properties, environment }: Subject, { all, on }: Hours): number {
  const always = Number(properties.MinSize ?? 0);
  const each = tasksOfInstance(environment);
  const needed = each === 0 ? always : Math.ceil(environment.service.minimum / each);
  return always * all + Math.max(0, needed - always) * on;
}

function launchTemplate({ all, stack }: Subject): Properties {
  const template = all.find((one) => one.type === 'AWS::EC2::LaunchTemplate' && one.stack === stack);
  return propertiesOf(template?.properties);
}

function diskGigabytes(template: Properties): number {
  return template
    .each('LaunchTemplateData.BlockDeviceMappings')
    .reduce((sum, disk) => sum + Number(disk('Ebs.VolumeSize') ?? 0), 0);
}

/** Metrics of an instance that is measured each minute (EC2 User Guide, "Manage detailed monitoring"). */
const detailedMetrics = 7;

/** vCPU and memory of a service's tasks on Fargate. */
function fargateCharges(subject: Subject, { on }: Hours): Charge[] {
  const { compute, service } = subject.environment;
  const arm = compute.architecture === 'ARM64' ? 'ARM-' : '';
  const note = compute.spot ? 'without what Fargate Spot saves' : undefined;
  const charge = (what: string, price: string, one: number): Charge => ({
    what,
    price,
    quantity: service.minimum * one * on,
    ...(note === undefined ? {} : { note }),
  });
  return [
    charge('vCPU of tasks', `fargate-vcpu/Fargate-${arm}vCPU-Hours:perCPU`, service.cpu / 1024),
    charge('Memory of tasks', `fargate-memory/Fargate-${arm}GB-Hours`, service.memory / 1024),
  ];
}

/** What runs: instances, tasks on Fargate, functions. */
export const computeCharges: Readonly<Record<string, ChargeRule>> = {
  'AWS::AutoScaling::AutoScalingGroup': (subject, hours) => {
    const { compute } = subject.environment;
    const [type = ''] = compute.instanceTypes;
    const quantity = instanceHours(subject, hours);
    const instances = quantity / hours.all;
    const template = launchTemplate(subject);
    const measured = template.isTrue('LaunchTemplateData.Monitoring.Enabled');
    const note = compute.onDemandPercent < 100 ? 'without what spot instances save' : undefined;
    return [
      {
        what: `Instances ${type}`,
        price: `instance/${type}`,
        quantity,
        ...(note === undefined ? {} : { note }),
      },
      { what: 'Their disks', price: 'disk', quantity: instances * diskGigabytes(template) },
      {
        what: 'Their metrics each minute',
        price: 'metric',
        quantity: measured ? instances * detailedMetrics : 0,
      },
      { what: `Each further instance ${type}`, price: `instance/${type}` },
    ];
  },
  'AWS::ECS::Service': (subject, hours) =>
    subject.environment.compute.kind === 'fargate' ? fargateCharges(subject, hours) : [],
  'AWS::ECS::Cluster': () => [{ what: 'Metrics of Container Insights', price: 'metric' }],
  'AWS::Lambda::Function': () => [{ what: 'Time of functions', price: 'function-time' }],
  'AWS::StepFunctions::StateMachine': () => [
    { what: 'Transitions of state machines', price: 'state-transition' },
  ],
};
