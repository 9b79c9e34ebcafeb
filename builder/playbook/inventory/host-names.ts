/** Expands a host pattern of an inventory: "web[01:03].example" gives three names, and so does "db[a:c]". */
export function hostNames(pattern: string): string[] {
  const [, before = '', range = '', after = ''] = /^(.*?)\[([^\]]*:[^\]]*)\](.*)$/.exec(pattern) ?? [];
  if (range === '') return [pattern];
  return members(range).flatMap((member) => hostNames(after).map((rest) => `${before}${member}${rest}`));
}

function members(range: string): string[] {
  const [first = '', last = '', stride = '1'] = range.split(':');
  const start = first === '' ? '0' : first;
  const step = Math.max(1, Number(stride) || 1);
  const numbers = /^\d+$/.test(start) && /^\d+$/.test(last);
  const from = numbers ? Number(start) : start.charCodeAt(0);
  const to = numbers ? Number(last) : last.charCodeAt(0);
  const width = numbers && start.startsWith('0') ? start.length : 0;
  const found: string[] = [];
  for (let at = from; at <= to && found.length < 10_000; at += step)
    found.push(numbers ? String(at).padStart(width, '0') : String.fromCharCode(at));
  return found;
}
