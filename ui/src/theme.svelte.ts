import { setWindowTheme } from "./platform/index.js";

export type ThemeChoice = "system" | "light" | "dark";

const held = $state<{ choice: ThemeChoice }>({ choice: "system" });
const listeners = new Set<(choice: ThemeChoice) => void>();

/** The chosen theme; reactive. */
export function theme(): ThemeChoice {
  return held.choice;
}

/** Wears a theme at once, page and window frame alike, and tells the listeners (who store it). */
export function setTheme(choice: ThemeChoice): void {
  wear(choice);
  for (const listener of listeners) listener(choice);
}

/** Wears the stored theme at start; anything unknown follows the system. */
export function startTheme(stored: string | null | undefined): void {
  wear(stored === "light" || stored === "dark" ? stored : "system");
}

/** Calls back after each change of theme; returns the way to stop. */
export function onThemeChange(listener: (choice: ThemeChoice) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function wear(choice: ThemeChoice): void {
  held.choice = choice;
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  void setWindowTheme(choice === "system" ? null : choice);
}
