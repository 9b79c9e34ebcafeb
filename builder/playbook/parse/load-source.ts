import { BuilderError, type Origin, SpecError } from '../../errors.js';
import { type SourceDocument, type YamlOptions, readYaml, sourceDocument } from '../../yaml/yaml.js';
import type { HostFiles } from './host-files.js';
import { noMemo } from '../../store/memo.js';
import { rememberedYaml } from '../../store/remembered-yaml.js';
import { toFloat } from '../../jinja/python/float.js';
import { SealedText } from '../../jinja/python/sealed-text.js';
import type { Vault } from '../vault/vault.js';
import { literal } from '../literal.js';
import { isMapping } from './parsing.js';
import type { Variables } from './play.js';

function yamlOptions(vault: Vault): YamlOptions {
  const sealed = (text: string, origin: Origin): unknown => {
    vault.inUse = true;
    return new SealedText(text, () => vault.decrypt(text, 'this value', origin).toString('utf8'));
  };
  return {
    float: toFloat,
    scalarTags: { '!unsafe': (text: string): unknown => literal(text) },
    placedTags: { '!vault': sealed, '!vault-encrypted': sealed },
  };
}

/** The YAML files of playbooks and roles, each parsed once. */
export class Sources {
  readonly files: HostFiles;
  readonly #options: YamlOptions;
  readonly #documents = new Map<string, SourceDocument>();

  constructor(files: HostFiles) {
    this.files = files;
    this.#options = yamlOptions(files.vault);
  }

  /** @throws SpecError if it is not YAML @throws BuilderError `not-found` */
  document(path: string): SourceDocument {
    let document = this.#documents.get(path);
    if (document === undefined) {
      document = this.#read(path);
      this.#documents.set(path, document);
    }
    return document;
  }

  #read(path: string): SourceDocument {
    const text = this.files.readText(path);
    const name = this.files.nameOf(path);
    // Decrypted text must not go into the cache.
    const memo = this.files.isEncrypted(path) ? noMemo : this.files.memo;
    const key = `yaml ${this.files.file(path).digest.slice('sha256:'.length)}`;
    const parsed = rememberedYaml(memo, key, () => readYaml(text, name, this.#options));
    return sourceDocument(text, name, parsed);
  }

  /** A file of variables: a mapping, or nothing. @throws SpecError */
  variables(path: string): Variables {
    const { data, originOf } = this.document(path);
    if (data === null) return {};
    if (isMapping(data)) {
      if (this.files.isEncrypted(path)) this.files.vault.noteSecret(Object.keys(data));
      return data;
    }
    const problem = new BuilderError('A file of variables must be a mapping (name: value)', {
      code: 'invalid',
      origin: originOf([]),
    });
    throw new SpecError([problem]);
  }

  /** Finds `folder/main.yml` (or .yaml, .json, or without an extension), or another name than main. */
  find(folder: string, name?: string): string | undefined {
    const ends = name === undefined ? ['.yml', '.yaml', '.json', ''] : ['', '.yml', '.yaml', '.json'];
    return ends.map((end) => `${folder}/${name ?? 'main'}${end}`).find((path) => this.files.isFile(path));
  }
}
