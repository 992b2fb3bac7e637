import { expect, it } from "vitest";
import type { CellProblem_Serialize as CellProblem, Target } from "../../platform/bindings.js";
import { columnToMend } from "./mending.js";

const field = (of: string) => ({ kind: "field", of }) as Target;
const found = (code: string, column: number | null = null) => ({ column, value: "", reason: { code } }) as CellProblem;

it.each([
  ["the cell itself", found("email_malformed", 2), [], 2],
  ["the name, where nobody is named", found("name_missing"), [field("email"), field("first_name"), field("last_name")], 2],
  ["the number, where it is another's", found("number_taken"), [field("name"), field("number")], 1],
  ["nothing, where several have the name", found("ambiguous"), [field("name")], null],
  ["nothing, where the file has no such column", found("number_taken"), [field("name")], null],
])("finds %s", (_, problem, targets, column) => expect(columnToMend(problem, targets)).toBe(column));
