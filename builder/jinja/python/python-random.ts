import { createHash } from 'node:crypto';
import { isFloat, isInteger, str } from './python-value.js';
import { TemplateError } from '../template-error.js';

const N = 624;
const M = 397;

/** Python's `random.Random` with a seed: the Mersenne Twister, with the same choices for the same seed. */
export class PythonRandom {
  readonly #state = new Uint32Array(N);
  #index = N;

  constructor(seed: unknown) {
    let value: bigint;
    if (isInteger(seed)) value = BigInt(seed) < 0n ? -BigInt(seed) : BigInt(seed);
    else if (typeof seed === 'string') {
      const bytes = Buffer.from(seed);
      value = BigInt(
        `0x${Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]).toString('hex')}`,
      );
    } else
      throw new TemplateError(
        `The seed must be a string or an integer${isFloat(seed) ? '' : `, not ${str(seed)}`}`,
      );
    this.#seed(value);
  }

  /** An integer from 0 (inclusive) to `limit` (exclusive). */
  below(limit: number): number {
    const bits = limit.toString(2).length;
    let found = limit;
    while (found >= limit) found = this.#bits(bits);
    return found;
  }

  #bits(count: number): number {
    if (count <= 32) return this.#next() >>> (32 - count);
    const low = this.#next();
    return (this.#next() >>> (64 - count)) * 2 ** 32 + low;
  }

  #seed(value: bigint): void {
    const key: number[] = [];
    for (let rest = value; rest > 0n; rest >>= 32n) key.push(Number(rest & 0xffffffffn));
    if (key.length === 0) key.push(0);
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < N; i++) state[i] = Math.imul(1812433253, this.#mixed(i)) + i;
    let i = 1;
    let j = 0;
    const step = (): void => {
      if (++i >= N) {
        state[0] = state[N - 1] ?? 0;
        i = 1;
      }
    };
    for (let k = Math.max(N, key.length); k > 0; k--) {
      state[i] = ((state[i] ?? 0) ^ Math.imul(this.#mixed(i), 1664525)) + (key[j] ?? 0) + j;
      step();
      j = (j + 1) % key.length;
    }
    for (let k = N - 1; k > 0; k--) {
      state[i] = ((state[i] ?? 0) ^ Math.imul(this.#mixed(i), 1566083941)) - i;
      step();
    }
    state[0] = 0x80000000;
  }

  #mixed(i: number): number {
    const before = this.#state[i - 1] ?? 0;
    return before ^ (before >>> 30);
  }

  #next(): number {
    const state = this.#state;
    if (this.#index >= N) {
      for (let k = 0; k < N; k++) {
        const y = ((state[k] ?? 0) & 0x80000000) | ((state[(k + 1) % N] ?? 0) & 0x7fffffff);
        state[k] = (state[(k + M) % N] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.#index = 0;
    }
    let y = state[this.#index++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }
}
