import { BuilderError } from '../errors.js';

/** A place in a template's text; line and column count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
  /** The template's file; undefined for an expression inside a YAML file. */
  readonly file?: string | undefined;
}

/** A template that can't be rendered; `line` and `column` refer to its text. */
export class TemplateError extends BuilderError {
  line: number | undefined;
  column: number | undefined;
  constructor(message: string, hint?: string, place?: TextPlace) {
    super(message, { code: 'failed', hint, origin: originOf(place) });
    this.line = place?.line;
    this.column = place?.column;
  }

  /** Adds the place, unless the error has one. */
  at(place: TextPlace): TemplateError {
    if (this.origin !== undefined || (this.line !== undefined && place.file === undefined)) return this;
    const Same = this.constructor as typeof TemplateError;
    return Object.assign(new Same(this.message, this.hint, place), { stack: this.stack });
  }
}

function originOf(place: TextPlace | undefined): BuilderError['origin'] {
  if (place?.file === undefined) return undefined;
  return { file: place.file, line: place.line, column: place.column };
}

export class TemplateSyntaxError extends TemplateError {}

export class UndefinedVariableError extends TemplateError {}

/** Line and column of an offset in a text. */
export function placeAt(text: string, offset: number, file?: string): TextPlace {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - start + 1, file };
}
