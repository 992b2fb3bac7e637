import { call } from "../../api/index.js";
import { toasts } from "../../components/toast.svelte.js";
import { format, m } from "../../i18n/index.js";
import { commands, type CalendarExport } from "../../platform/bindings.js";
import { chooseSave } from "../../platform/index.js";
import { session } from "../../session.svelte.js";

/** Asks where to, and writes the calendar of a space or a flat there. */
export async function saveCalendarFile(wanted: CalendarExport, name: string): Promise<void> {
  const path = await chooseSave("calendar", `${name.replace(/[\\/:*?"<>|]/g, " ").trim()}.ics`);
  if (path === null) return;
  const count = await call(commands.exportCalendar(session.id, wanted, path));
  toasts.show({ text: m.calendar_saved({ count: format.count(count) }), open: { label: m.contacts_show_folder(), run: () => void commands.showInFolder(path) } });
}
