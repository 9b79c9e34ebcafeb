import { BuilderError } from '../../errors.js';
import type { Json } from '../../json.js';
import type { Digest } from '../../store/digest.js';
import { WaitingMemo, noMemo } from '../../store/memo.js';
import { rememberedRender } from '../../template/remembered-render.js';
import type { FolderFile } from '../parse/host-files.js';
import type { HostFile, ResolveContext } from '../../modules/module.js';
import { toJson } from '../plain-data.js';
import { isSecret } from './secrets.js';
import { type TaskContext, flagSetting } from './task-context.js';

/** Gives a module the files of this machine for its arguments, and records which it used. */
export class ResolveFiles implements ResolveContext {
  readonly #context: TaskContext;
  readonly #used = new Map<string, Digest>();
  readonly #templates = new Map<string, Digest>();

  constructor(context: TaskContext) {
    this.#context = context;
  }

  /** Digests of the input files, by name. */
  digests(): Record<string, Digest> {
    return Object.fromEntries(this.#used);
  }

  /** Digests of templates, and of files read by templates and lookups. The step's key has their results; these explain a change. */
  templateDigests(): Record<string, Digest> {
    const { host, read } = this.#context.files;
    const others = [...read]
      .map((path) => host.file(path))
      .map(({ name, digest }) => [name, digest] as const);
    return Object.fromEntries([...this.#templates, ...others]);
  }

  find(kind: 'files' | 'templates', name: string): string {
    return this.#context.files.need(kind, name);
  }

  file(path: string, asItIs = false): HostFile {
    const { host } = this.#context.files;
    const file = asItIs ? host.fileAsItIs(path) : host.file(path);
    this.#used.set(file.name, file.digest);
    return file;
  }

  folder(path: string): FolderFile[] {
    const files = this.#context.files.host.folder(path);
    for (const { name, digest } of files) this.#used.set(name, digest);
    return files;
  }

  readText(path: string): string {
    this.file(path);
    return this.#context.files.host.readText(path);
  }

  render(path: string): string {
    const { host } = this.#context.files;
    const { name, digest } = host.file(path);
    this.#templates.set(name, digest);
    this.#context.files.read.add(path);
    try {
      return path.endsWith('.hbs') ? this.#handlebars(path, name) : this.#jinja(path, name);
    } catch (error) {
      if (!(error instanceof BuilderError) || error.origin?.file === name) throw error;
      const { message, code, hint, origin } = error;
      throw new BuilderError(message.includes(name) ? message : `${name}: ${message}`, {
        code,
        hint,
        origin,
        cause: error,
      });
    }
  }

  evaluate(expression: string): Json {
    return toJson(this.#context.templar.expression(expression));
  }

  holds(condition: Json): boolean {
    return this.#context.templar.condition(condition);
  }

  #jinja(path: string, name: string): string {
    const about = {
      template_path: path,
      template_fullpath: path,
      template_host: 'localhost',
      template_uid: 'root',
    };
    return this.#context.templar.with(about).render(this.#context.files.host.readText(path), { name, path });
  }

  #handlebars(path: string, name: string): string {
    const { templar, scope, files } = this.#context;
    const variables = {
      lookup: (variable: string): unknown => {
        const raw = scope.lookup(variable);
        return raw === undefined ? undefined : toJson(templar.template(raw));
      },
      has: (variable: string): boolean => scope.has(variable),
      names: (): Iterable<string> => scope.names(),
    };
    const memo = new WaitingMemo(flagSetting(this.#context, 'no_log') ? noMemo : files.host.memo);
    const text = rememberedRender(files.host.readText(path), { name, variables }, memo);
    if (!isSecret(this.#context)) memo.flush();
    return text;
  }
}
