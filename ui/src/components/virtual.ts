/** Rows drawn beyond each edge of the view, so that a turn of the wheel meets no gap. */
export const OVERSCAN = 8;

/** The rows to draw: `first` inclusive, `last` exclusive. All lengths in CSS pixels. */
export function windowOf(view: { top: number; height: number; rowHeight: number; total: number; overscan?: number }): { first: number; last: number } {
  const overscan = view.overscan ?? OVERSCAN;
  const first = Math.floor(Math.max(0, view.top) / view.rowHeight) - overscan;
  const last = Math.ceil((Math.max(0, view.top) + view.height) / view.rowHeight) + overscan;
  const end = Math.min(view.total, Math.max(0, last));
  return { first: Math.min(Math.max(0, first), end), last: end };
}

/** Numbers of the pages that hold rows `first`…`last` (exclusive). */
export function pagesOf(first: number, last: number, pageSize: number): number[] {
  if (last <= first) return [];
  const from = Math.floor(first / pageSize);
  return Array.from({ length: Math.floor((last - 1) / pageSize) - from + 1 }, (_, i) => from + i);
}

/** Where the view must stand so that `row` is wholly in it, below the sticky head of `head` pixels; moves as little as it can. */
export function scrollFor(row: number, view: { top: number; height: number; rowHeight: number; head: number }): number {
  const start = row * view.rowHeight;
  if (start < view.top) return start;
  const end = start + view.rowHeight;
  const room = view.height - view.head;
  return end > view.top + room ? end - room : view.top;
}

/** The row a key leads to, or null when the key moves nothing. `page` is how many rows the view holds. */
export function rowAfterKey(key: string, active: number, total: number, page: number): number | null {
  if (total === 0) return null;
  const last = total - 1;
  const to = {
    ArrowDown: active + 1,
    ArrowUp: active < 0 ? last : active - 1,
    PageDown: Math.max(active, 0) + Math.max(1, page - 1),
    PageUp: active - Math.max(1, page - 1),
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? null : Math.min(last, Math.max(0, to));
}
