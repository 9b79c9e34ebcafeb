import type { Subject } from '../policy/rule.js';

/** What AWS charges for a resource by one of its prices. */
export interface Charge {
  /** "NAT gateway". */
  readonly what: string;
  /** The key in prices.yaml: "nat", or with a name, "instance/m6i.large". */
  readonly price: string;
  /** How many of what the price is for, in a month; undefined where visitors decide. */
  readonly quantity?: number;
  /** What the reckoning takes for granted. */
  readonly note?: string;
}

/** What a resource costs: charges that come each month, and those that depend on use. */
export type ChargeRule = (subject: Subject, hours: Hours) => readonly Charge[];

/** Hours of a month. */
export interface Hours {
  /** All of it. */
  readonly all: number;
  /** Those in which tasks run: fewer where an environment has office hours. */
  readonly on: number;
}

/** Hours in which an environment's tasks run, from Monday to Friday where it has office hours. */
export function hoursOf({ environment }: Pick<Subject, 'environment'>, perMonth: number): Hours {
  const { officeHours } = environment.service;
  if (officeHours === undefined) return { all: perMonth, on: perMonth };
  const aDay = (officeHours.stopHour - officeHours.startHour + 24) % 24 || 24;
  return { all: perMonth, on: (perMonth * aDay * 5) / (7 * 24) };
}
