/** The part of `process.stdout` that platen uses. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal, in characters. */
  readonly columns?: number | undefined;
  /** Its height, in lines. */
  readonly rows?: number | undefined;
}
