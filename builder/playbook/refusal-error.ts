import { BuilderError } from '../errors.js';

/** Something is refused for what it is, not for a value: its words are no secret, and `no_log` does not hide them. */
export class RefusalError extends BuilderError {}
