import type { CellProblem_Serialize as CellProblem, Field, Target } from "../../platform/bindings.js";

/** Where a row as a whole is wrong, the fields whose cell can put it right, the likeliest first. */
const fieldsOf: Partial<Record<CellProblem["reason"]["code"], readonly Field[]>> = {
  name_missing: ["name", "last_name", "organisation_name", "first_name"],
  number_taken: ["number"],
  role_unknown: ["role_name"],
  role_ends_before_start: ["role_to", "role_from"],
};

/** The column, from 0, in which a problem can be fixed; null where only leaving the row out helps. */
export function columnToMend(found: CellProblem, targets: readonly Target[]): number | null {
  if (found.column !== null) return found.column;
  for (const field of fieldsOf[found.reason.code] ?? []) {
    const column = targets.findIndex((target) => target.kind === "field" && target.of === field);
    if (column >= 0) return column;
  }
  return null;
}
