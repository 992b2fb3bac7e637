import type { Snippet } from "svelte";

/** A column of VirtualTable. */
export type Column<T> = {
  id: string;
  title: string;
  /** The title is for screen readers only: a column of buttons. */
  hideTitle?: boolean;
  /** A track of a CSS grid: `minmax(12rem, 2fr)`, `8rem`. */
  width: string;
  /** What stands in the cell: plain text, or `cell` for more. */
  text?: (row: T) => string | null | undefined;
  cell?: Snippet<[T, Column<T>]>;
  sortable?: boolean;
  /** Numbers stand at the right. */
  end?: boolean;
  /** Leaves when the table is narrower than this many rem; the name never has one. */
  from?: number;
};

export type Sort = { column: string; descending: boolean };
