/** Values that came with an error code: names of files, rows, counts. */
export type ProblemParams = Readonly<Record<string, string | number>>;

/** What a command that failed throws: a code and its values. The words come from errors.ts. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly params: ProblemParams = {},
  ) {
    super(code);
    this.name = "Problem";
  }
}

/** Reads whatever was thrown as a Problem; what carries no code becomes `unexpected` and keeps its text for the log. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string") {
    const params = "params" in thrown && typeof thrown.params === "object" && thrown.params !== null ? thrown.params : {};
    return new Problem(thrown.code, params as ProblemParams);
  }
  return new Problem("unexpected", { detail: thrown instanceof Error ? thrown.message : String(thrown) });
}
