import { baseLocale, isLocale, locales, overwriteGetLocale, overwriteSetLocale, type Locale } from "../paraglide/runtime.js";

export { locales, type Locale };

const held = $state<{ locale: Locale }>({ locale: baseLocale });
const listeners = new Set<(locale: Locale) => void>();

// Every message reads the locale when it is called, so a template that calls `m.some_message()` re-renders by
// itself when the language changes: no reload, no lost input. A message kept in a plain variable does not.
overwriteGetLocale(() => held.locale);
overwriteSetLocale((next) => setLocale(next));

/** The language of the window now; reactive. */
export function locale(): Locale {
  return held.locale;
}

/** Changes the language at once, everywhere, and tells the listeners (who store it). */
export function setLocale(next: Locale): void {
  if (next === held.locale) return;
  held.locale = next;
  markDocument();
  for (const listener of listeners) listener(next);
}

/** Starts in the stored language, else in the system's if Kiulu speaks it, else in Finnish. */
export function startLocale(stored: string | null | undefined, system: readonly string[] = navigator.languages): void {
  const spoken = system.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLocale);
  held.locale = isLocale(stored) ? stored : (spoken ?? baseLocale);
  markDocument();
}

/** Calls back after each change of language; returns the way to stop. */
export function onLocaleChange(listener: (locale: Locale) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function markDocument(): void {
  document.documentElement.lang = held.locale;
}
