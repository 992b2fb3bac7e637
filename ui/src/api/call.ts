import { asProblem } from "./problem.js";

/** What a generated binding answers. */
export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

let damaged: () => void = () => {};

/** Says what happens when any command meets damage in the organisation's file. */
export function onFileDamaged(heard: () => void): void {
  damaged = heard;
}

/** Waits for a command and gives its data; throws a Problem when the command answered with an error or broke. */
export async function call<T, E>(answer: Promise<Result<T, E>>): Promise<T> {
  let result: Result<T, E>;
  try {
    result = await answer;
  } catch (thrown) {
    throw asProblem(thrown);
  }
  if (result.status === "error") {
    const problem = asProblem(result.error);
    if (problem.code === "file_damaged") damaged();
    throw problem;
  }
  return result.data;
}
