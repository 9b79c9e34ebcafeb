import { BuilderError } from '../../errors.js';

/** A place inside a template's text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A template that can't be rendered; `line` and `column` are inside the text. */
export class TemplateError extends BuilderError {
  line: number | undefined;
  column: number | undefined;
  constructor(message: string, hint?: string, place?: TextPlace) {
    super(message, { code: 'failed', hint });
    this.line = place?.line;
    this.column = place?.column;
  }
}

export class TemplateSyntaxError extends TemplateError {}

export class UndefinedVariableError extends TemplateError {}

/** Where an offset stands in a text. */
export function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - start + 1 };
}
