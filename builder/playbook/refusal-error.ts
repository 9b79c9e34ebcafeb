import { BuilderError } from '../errors.js';

/** An error whose message holds no values, so that `no_log` need not hide it. */
export class RefusalError extends BuilderError {}
