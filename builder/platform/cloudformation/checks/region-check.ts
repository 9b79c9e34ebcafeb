import { servicesOf } from '../aws-account.js';
import type { AwsCheck, Problem } from './aws-check.js';

/** The region has the zones, and they have the instances. */
export const zoneCheck: AwsCheck = {
  name: 'zones',
  async look({ context }) {
    const { network, compute, region, file } = context.spec;
    const { ec2 } = servicesOf(context);
    const zones = (await ec2.zones(context)).toSorted();
    const problems: Problem[] = [];
    if (zones.length < network.zones)
      problems.push({
        message: `${region} has ${zones.length} zones for this account; network.zones is ${network.zones}`,
        hint: `Take fewer zones or another region in ${file}.`,
      });
    if (compute.kind === 'fargate') return { detail: zones.join(', '), problems };
    const offered = await ec2.instanceTypeZones(compute.instanceTypes, context);
    // The network takes the first zones, as Fn::GetAZs lists them.
    const used = zones.slice(0, network.zones);
    for (const zone of used) {
      const types = offered.filter((one) => one.zone === zone).map(({ type }) => type);
      if (types.length === 0)
        problems.push({
          message: `${zone} has none of compute.instanceTypes: ${compute.instanceTypes.join(', ')}`,
          hint: `Add a type that it has to ${file}, or take another region.`,
        });
    }
    return { detail: `${used.join(', ')}, with ${compute.instanceTypes.join(', ')}`, problems };
  },
};

/** The region has the database's engine in the version of the template, and the class runs it. */
export const databaseOfferCheck: AwsCheck = {
  name: 'database',
  async look({ context, view: { stacks } }) {
    const { database, region, file, network } = context.spec;
    const stack = stacks.find(({ name }) => name === 'database');
    const { Family: family, Version: wanted } = stack?.template.Mappings['Engines']?.[database.engine] ?? {};
    if (typeof family !== 'string') return { detail: 'the template names no version', problems: [] };
    const { rds } = servicesOf(context);
    const { engine, class: name } = database;
    const version = (await rds.engineVersions(engine, family, context)).at(-1);
    const detail = `${engine} ${version ?? String(wanted)} on ${name}`;
    if (version === undefined)
      return {
        detail,
        problems: [
          {
            message: `${region} does not have ${engine} ${String(wanted)}`,
            hint: `Take another region, or another database.engine, in ${file}.`,
          },
        ],
      };
    const zones = await rds.classZones({ engine, version, class: name }, context);
    const needed = database.multiAz ? Math.min(2, network.zones) : 1;
    const message =
      zones.length === 0
        ? `${region} does not run ${engine} ${version} on ${name}`
        : `${region} runs ${engine} ${version} on ${name} in ${zones.join(', ')} alone; a standby needs another zone`;
    return {
      detail,
      problems:
        zones.length >= needed
          ? []
          : [{ message, hint: `Take another database.class in ${file}, or another region.` }],
    };
  },
};
