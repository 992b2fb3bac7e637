/**
 * How messages become functions; read by the Vite plugin and by scripts/messages.mjs.
 * @type {import("@inlang/paraglide-js").CompilerOptions}
 */
export const paraglide = {
  project: "./project.inlang",
  outdir: "./src/paraglide",
  // The window decides the language (src/i18n/locale.svelte.ts); no cookie, address or storage does.
  strategy: ["globalVariable", "baseLocale"],
  emitTsDeclarations: true,
};
