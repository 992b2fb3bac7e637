import type { TextSize } from "./platform/bindings.js";

const held = $state<{ size: TextSize }>({ size: "100" });
const listeners = new Set<(size: TextSize) => void>();

/** The chosen size of text, in per cent; reactive. */
export function textSize(): TextSize {
  return held.size;
}

/** Shows text in a size at once, and tells the listeners (who store it). */
export function setTextSize(size: TextSize): void {
  startTextSize(size);
  for (const listener of listeners) listener(size);
}

/** Shows text in the stored size at start. */
export function startTextSize(stored: TextSize | undefined): void {
  held.size = stored ?? "100";
  // Everything is measured in rem, so that the whole window grows with its text.
  document.documentElement.style.fontSize = held.size === "100" ? "" : `${held.size}%`;
}

/** Calls back after each change of size; returns the way to stop. */
export function onTextSizeChange(listener: (size: TextSize) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
