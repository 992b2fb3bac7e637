/**
 * Marks on the page's timeline when what was just changed has been painted, once per name: `cargo xtask bench` reads how long
 * a window takes to become usable.
 */
export function notePainted(name: string): void {
  if (performance.getEntriesByName(name).length > 0) return;
  requestAnimationFrame(() => setTimeout(() => performance.mark(name)));
}
