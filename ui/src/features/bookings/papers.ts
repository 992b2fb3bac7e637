import { call } from "../../api/index.js";
import { toasts } from "../../components/toast.svelte.js";
import { m } from "../../i18n/index.js";
import { commands, type Language, type Letter, type PaperRequest } from "../../platform/bindings.js";
import { chooseSave } from "../../platform/index.js";
import { session } from "../../session.svelte.js";

/** The letters that the organisation can word itself. */
export const letterNames: Record<Letter, () => string> = { instructions: m.paper_instructions, notice: m.paper_notice, agreement: m.paper_agreement };

/** Languages as they call themselves. */
export const paperLanguages: readonly { value: Language; label: string; lang: string }[] = [
  { value: "fi", label: "Suomi", lang: "fi" },
  { value: "sv", label: "Svenska", lang: "sv" },
  { value: "en", label: "English", lang: "en" },
];

/** Asks where to, and writes a paper there; `false` when nowhere was chosen. */
export async function savePaper(wanted: PaperRequest, language: Language, name: string): Promise<void | false> {
  const path = await chooseSave("paper", `${name.replace(/[\\/:*?"<>|]/g, " ").trim()}.pdf`);
  if (path === null) return false;
  await call(commands.printPaper(session.id, wanted, language, path));
  toasts.show({ text: m.paper_saved(), open: { label: m.contacts_show_folder(), run: () => void commands.showInFolder(path) } });
}
