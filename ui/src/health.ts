import type { ShellHealth } from "./components/Shell.svelte";
import { format, m } from "./i18n/index.js";

/** A backup older than this many days is worth a word; they are made daily. */
const OLD_AFTER_DAYS = 2;

/** What the rail says at its bottom: whether the newest backup (an instant, or null for none) is recent enough. */
export function backupHealth(newest: string | null, now: Date = new Date()): ShellHealth {
  if (newest === null) return { tone: "warn", title: m.state_saved(), detail: m.state_no_backup() };
  const detail = m.state_backup_at({ when: format.moment(newest, now) });
  const age = format.daysBetween(format.isoDay(new Date(newest)), format.isoDay(now));
  return age > OLD_AFTER_DAYS ? { tone: "warn", title: m.state_backup_old(), detail } : { tone: "ok", title: m.state_saved(), detail };
}
