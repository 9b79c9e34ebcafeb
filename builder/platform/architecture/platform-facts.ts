import { propertiesOf, type Subject } from '../policy/rule.js';

/** What a picture of a platform shows, all of it read from its resolved templates. */
export interface PlatformFacts {
  readonly environment: string;
  readonly region: string;
  /** "eu-central-1a". */
  readonly zones: readonly string[];
  /** The blocks of each kind of subnets: "10.0.0.0/20". */
  readonly subnets: Readonly<Record<'public' | 'private' | 'data', readonly string[]>>;
  /** Ports that may be connected to, "LoadBalancer → Tasks": 8080. */
  readonly ports: Readonly<Record<string, number>>;
  /** All resources by their type without "AWS::". */
  readonly byType: ReadonlyMap<string, readonly Subject[]>;
}

/** Reads what a picture shows. */
export function platformFacts(environment: string, subjects: readonly Subject[]): PlatformFacts {
  const byType = new Map<string, Subject[]>();
  for (const subject of subjects) {
    const type = subject.type.replace('AWS::', '');
    byType.set(type, [...(byType.get(type) ?? []), subject]);
  }
  const subnets = byType.get('EC2::Subnet') ?? [];
  const blocks = (kind: string) =>
    subnets.filter(({ id }) => id.startsWith(kind)).map(({ properties }) => String(properties.CidrBlock));
  return {
    environment,
    region: subnets[0]?.stack.region ?? '',
    zones: [...new Set(subnets.map(({ properties }) => String(properties.AvailabilityZone)))],
    subnets: { public: blocks('Public'), private: blocks('Private'), data: blocks('Data') },
    ports: portsOf(byType.get('EC2::SecurityGroupIngress') ?? []),
    byType,
  };
}

/** Who may connect to whom by which port, from the rules of security groups that name a group. */
function portsOf(rules: readonly Subject[]): Record<string, number> {
  return Object.fromEntries(
    rules.flatMap(({ properties }) => {
      const p = propertiesOf(properties);
      const [from, to] = [p('SourceSecurityGroupId.Ref'), p('GroupId.Ref')];
      return from === undefined ? [] : [[`${String(from)} → ${String(to)}`, Number(p('FromPort'))] as const];
    }),
  );
}

/** The properties of the first resource of a type; undefined where the platform has none. */
export function oneOf(facts: PlatformFacts, type: string): ReturnType<typeof propertiesOf> | undefined {
  const [found] = facts.byType.get(type) ?? [];
  return found === undefined ? undefined : propertiesOf(found.properties);
}

export function countOf(facts: PlatformFacts, type: string): number {
  return facts.byType.get(type)?.length ?? 0;
}

/** "1 key", "3 keys"; empty where there is none. */
export function counted(facts: PlatformFacts, type: string, one: string): string {
  const count = countOf(facts, type);
  return count === 0 ? '' : `${count} ${one}${count === 1 ? '' : 's'}`;
}
