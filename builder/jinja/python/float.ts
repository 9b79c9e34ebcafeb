/** A Python float with an integral value, which prints as `1.0`. Other floats are plain numbers. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  toString(): string {
    return floatText(this.value);
  }
  toJSON(): number {
    return this.value;
  }
}

/** Makes a Python float. */
export function toFloat(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

/** Python's `repr()` of a float, with an exponent from 1e16 and 1e-5 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= 16 || (power < -4 && value !== 0))
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  if (Math.abs(value) >= 1e-6 || value === 0) return Number.isInteger(value) ? `${value}.0` : String(value);
  return value.toFixed(-power + digits.replace(/[-.]/g, '').length - 1);
}
