/** Values of `--engine`; `auto` is the sandbox if it works, else Docker. */
export const engineChoices = ['auto', 'sandbox', 'docker'] as const;

export type EngineChoice = (typeof engineChoices)[number];
