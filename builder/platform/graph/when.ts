import type { When } from './platform-schema.js';
import { lookUp } from './references.js';

/** Whether settings are what a condition wants: equal to a value, one of a list, or with `"*"` set and not off. */
export function settingsHold(when: When, settings: unknown): boolean {
  return Object.entries(when).every(([path, wanted]) => {
    const value = lookUp(settings, path.split('.'));
    if (wanted === '*') return isOn(value);
    return (Array.isArray(wanted) ? wanted : [wanted]).some((one) => one === value);
  });
}

function isOn(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}
