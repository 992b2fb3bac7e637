import type { ShellHealth } from "./components/Shell.svelte";
import { format, m } from "./i18n/index.js";

/** A backup older than this many days is worth a word; they are made daily. */
const OLD_AFTER_DAYS = 2;

/** What the rail says at its bottom: whether the newest backup (an instant, or null for none) is recent enough, and whether making them works. */
export function backupHealth({ newest, failing }: { newest: string | null; failing: boolean }, now: Date = new Date()): ShellHealth {
  if (failing) return { tone: "warn", title: m.state_backup_failing(), detail: newest === null ? m.state_no_backup() : m.state_backup_at({ when: format.moment(newest, now) }) };
  if (newest === null) return { tone: "warn", title: m.state_saved(), detail: m.state_no_backup() };
  const detail = m.state_backup_at({ when: format.moment(newest, now) });
  const age = format.daysBetween(format.isoDay(new Date(newest)), format.isoDay(now));
  return age > OLD_AFTER_DAYS ? { tone: "warn", title: m.state_backup_old(), detail } : { tone: "ok", title: m.state_saved(), detail };
}
