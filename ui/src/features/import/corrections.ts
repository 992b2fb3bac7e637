import type { Corrections_Deserialize as Corrections, Target } from "../../platform/bindings.js";

/** Puts another text in place of a cell; empty text leaves the value out. The last word on a cell counts. */
export function withText(corrections: Corrections, row: number, column: number, text: string): Corrections {
  const others = (corrections.texts ?? []).filter((one) => one.row !== row || one.column !== column);
  return { ...corrections, texts: [...others, { row, column, text }] };
}

/** Leaves a whole row out. */
export function withoutRow(corrections: Corrections, row: number): Corrections {
  return { ...corrections, skip_rows: [...new Set([...(corrections.skip_rows ?? []), row])] };
}

const same = (one: Target, other: Target): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Keeps the register's value against a row, or takes the row's again. */
export function keepingOld(corrections: Corrections, row: number, target: Target, keep: boolean): Corrections {
  const others = (corrections.keep_old ?? []).filter((one) => one.row !== row || !same(one.target, target));
  return { ...corrections, keep_old: keep ? [...others, { row, target }] : others };
}

/** Whether the register's value is kept against a row. */
export function keepsOld(corrections: Corrections, row: number, target: Target): boolean {
  return (corrections.keep_old ?? []).some((one) => one.row === row && same(one.target, target));
}

/** The cell says again what the file says. */
export function withoutText(corrections: Corrections, row: number, column: number): Corrections {
  return { ...corrections, texts: (corrections.texts ?? []).filter((one) => one.row !== row || one.column !== column) };
}

/** A row that was left out comes along again. */
export function withRow(corrections: Corrections, row: number): Corrections {
  return { ...corrections, skip_rows: (corrections.skip_rows ?? []).filter((one) => one !== row) };
}

/** The row is about somebody new, whoever has the name or number already; or again about whom it seems to be. */
export function aboutSomebodyNew(corrections: Corrections, row: number, isNew: boolean): Corrections {
  const others = (corrections.as_new ?? []).filter((one) => one !== row);
  return { ...corrections, as_new: isNew ? [...others, row] : others };
}

/** How many corrections there are to lose; the choice about bad values is an option and not one of them. */
export function countOf({ texts = [], skip_rows = [], as_new = [], keep_old = [] }: Corrections): number {
  return texts.length + skip_rows.length + as_new.length + keep_old.length;
}
