/** A Python float whose value is integral, and so prints as `1.0`. Other floats are plain numbers. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  toString(): string {
    return `${this.value}.0`;
  }
  toJSON(): number {
    return this.value;
  }
}

/** A Python float of this value. */
export function toFloat(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}
