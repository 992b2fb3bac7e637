export { m } from "../paraglide/messages.js";
export { locale, locales, onLocaleChange, setLocale, startLocale, type Locale } from "./locale.svelte.js";
export * as format from "./format.js";
