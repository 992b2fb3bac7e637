import type { ShellHealth } from "./components/Shell.svelte";
import { format, m } from "./i18n/index.js";
import type { SyncStatus_Serialize as SyncStatus } from "./platform/bindings.js";

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

/** Problems that pass by themselves: the network is away, the server is busy. */
const passing = new Set(["endpoint_unreachable", "endpoint_busy", "endpoint_foreign", "sync_busy", "file_busy"]);

/** What the rail says of synchronising. */
export function syncHealth({ phase, synced_at, unsent }: SyncStatus, now: Date = new Date()): ShellHealth {
  const waiting = unsent > 0 ? m.sync_unsent({ count: format.count(unsent) }) : null;
  const at = synced_at == null ? null : m.sync_at({ when: format.moment(synced_at, now) });
  const told = (tone: ShellHealth["tone"], title: string, detail: string | null): ShellHealth => (detail === null ? { tone, title } : { tone, title, detail });
  switch (phase.code) {
    case "working":
      return told("ok", m.sync_working(), waiting ?? at);
    case "failed":
      return passing.has(phase.params.problem.code) ? told("warn", m.sync_offline(), waiting ?? at) : told("danger", m.sync_failed(), waiting ?? at);
    case "idle":
      return waiting === null ? told("ok", m.sync_ok(), at) : told("warn", m.sync_waiting(), waiting);
  }
}
