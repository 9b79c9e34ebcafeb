/** The part of `process.stdout` that platen uses. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal, in characters. */
  readonly columns?: number | undefined;
  /** Its height, in lines. */
  readonly rows?: number | undefined;
}

/** Whether somebody's terminal is behind a stream. */
export function isTerminal(stream: object): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}
