import { locale } from "../i18n/index.js";

/** A language by its ISO 639-1 code, in the language of the window. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
