import { m } from "../../i18n/index.js";
import type { CellPlace, TurnOutcome_Serialize as Outcome, PlannedTurn_Serialize as PlannedTurn } from "../../platform/bindings.js";
import { violationWords } from "../../words/bookings.js";

/** A cell as Excel names it, with its sheet where the file has several: `B4`, `Sauna 2!B4`. */
export function cellName({ sheet, row, column }: CellPlace, sheets: readonly string[]): string {
  let letters = "";
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26)) letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  return sheets.length > 1 ? `${sheets[sheet] || String(sheet + 1)}!${letters}${row}` : `${letters}${row}`;
}

/** By what a correction is known to be of a turn: a merged cell may have several. */
export const keyOf = ({ sheet, row, column }: CellPlace, weekday: number, from: number): string => [sheet, row, column, weekday, from].join(" ");

/** Whether somebody has to say which flat is meant. */
export const wantsFlat = ({ outcome }: PlannedTurn): boolean => ["unclear", "no_flat", "several", "left_out", "refused"].includes(outcome.is);

export function outcomeWords(outcome: Outcome, flatName: (flat: string) => string | null): string {
  const name = (flat: string): string => flatName(flat) ?? "";
  switch (outcome.is) {
    case "given": return m.shift_list_given({ flat: name(outcome.flat) });
    case "stands": return m.shift_list_stands({ flat: name(outcome.flat) });
    case "free": return m.turn_free();
    case "common": return m.shift_list_common();
    case "left_out": return m.shift_list_left_out();
    case "unclear": return m.shift_list_no_flat();
    case "no_flat": return m.shift_list_flat_unknown({ name: outcome.name });
    case "several": return m.shift_list_several({ flats: outcome.flats.map(name).join(", ") });
    case "no_space": return m.shift_list_no_space();
    case "refused": return outcome.against.map((one) => violationWords(one, false, flatName)).join(" ");
  }
}

export function toneOf(outcome: Outcome): "ok" | "plain" | "warn" {
  switch (outcome.is) {
    case "given": return "ok";
    case "stands": case "free": case "common": case "left_out": return "plain";
    default: return "warn";
  }
}
