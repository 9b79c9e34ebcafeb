import { type YamlRecord, restoreYaml, yamlRecord } from '../yaml/yaml-record.js';
import type { ParsedYaml } from '../yaml/yaml.js';
import type { Memo } from './memo.js';

/**
 * What `read` makes of a text, or what it made of it at an earlier time.
 * @param key holds the text's digest, and names the way of reading
 */
export function rememberedYaml(memo: Memo, key: string, read: () => ParsedYaml): ParsedYaml {
  const known = memo.find(key) as YamlRecord | undefined;
  if (known !== undefined) return restoreYaml(known);
  const parsed = read();
  const record = yamlRecord(parsed);
  if (record !== undefined) memo.keep(key, record);
  return parsed;
}
