import { cache } from './cache.js';
import { database } from './database.js';
import { loadBalancer } from './load-balancer.js';
import { mail } from './mail.js';
import { registry } from './registry.js';
import type { PartMaker } from './part.js';

/** What stands beside WordPress, in the order in which it is shown. */
export const partTable: readonly PartMaker[] = [database, cache, loadBalancer, registry, mail];
