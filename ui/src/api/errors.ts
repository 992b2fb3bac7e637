import { m } from "../i18n/index.js";
import { asProblem, type ProblemParams } from "./problem.js";

/**
 * Every error code the host may answer with. To add one: write `error_<code>` into the three message files and its line
 * here. A message is three lines: what happened, what was kept, what to do next.
 */
const sentences = {
  unknown: () => m.error_unknown(),
} satisfies Record<string, (params: ProblemParams) => string>;

export type ErrorCode = keyof typeof sentences;

export type Told = {
  title: string;
  body: string;
  next: string;
  /** Set only when the code has no sentence of its own, so that a person can be told it. */
  code: string | null;
};

/** Puts a failure in words of the language in use: what happened, what was kept, what to do next. */
export function explain(thrown: unknown): Told {
  const problem = asProblem(thrown);
  const known = isKnown(problem.code) && problem.code !== "unknown";
  const write: (params: ProblemParams) => string = known ? sentences[problem.code as ErrorCode] : sentences.unknown;
  const [title = "", body = "", next = ""] = write(problem.params).split("\n");
  return { title, body, next, code: known ? null : problem.code };
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(sentences, code);
}

/** The codes that have a sentence; a test holds them against the messages. */
export const errorCodes = Object.keys(sentences) as ErrorCode[];
