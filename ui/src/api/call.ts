import { asProblem } from "./problem.js";

/** What a generated binding answers. */
export type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

/** Waits for a command and gives its data; throws a Problem when the command answered with an error or broke. */
export async function call<T, E>(answer: Promise<Result<T, E>>): Promise<T> {
  let result: Result<T, E>;
  try {
    result = await answer;
  } catch (thrown) {
    throw asProblem(thrown);
  }
  if (result.status === "error") throw asProblem(result.error);
  return result.data;
}
