/** What may be asked for; `auto` is the sandbox where it works, else Docker. */
export const engineChoices = ['auto', 'sandbox', 'docker'] as const;

export type EngineChoice = (typeof engineChoices)[number];
