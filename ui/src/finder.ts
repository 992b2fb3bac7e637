import Archive from "@lucide/svelte/icons/archive";
import Building from "@lucide/svelte/icons/building-2";
import DoorOpen from "@lucide/svelte/icons/door-open";
import FileUp from "@lucide/svelte/icons/file-up";
import KeyRound from "@lucide/svelte/icons/key-round";
import Languages from "@lucide/svelte/icons/languages";
import User from "@lucide/svelte/icons/user-round";
import UserPlus from "@lucide/svelte/icons/user-plus";
import Users from "@lucide/svelte/icons/users-round";
import { call } from "./api/index.js";
import type { Command, CommandGroup } from "./components/CommandPalette.svelte";
import { m } from "./i18n/index.js";
import { commands, type HitKind, type SearchHit } from "./platform/bindings.js";
import { navigate } from "./router.svelte.js";
import { session } from "./session.svelte.js";
import { addFinder, shell, sieve } from "./shell.svelte.js";

const icons = { contact: User, flat: DoorOpen, group: Users } satisfies Record<HitKind, unknown>;

/** What Ctrl+K finds beside the pages: people, flats and groups by what is typed, and things to do. Returns the way to stop. */
export function startFinder(): () => void {
  return addFinder(async (query) => [...(await records(query)), acts(query), others(query)]);
}

async function records(query: string): Promise<CommandGroup[]> {
  if (query === "") return [];
  const hits = await call(commands.searchEverything(session.id, query));
  const of = (kind: HitKind): Command[] => hits.filter((hit) => hit.kind === kind).map(shown);
  return [
    { title: m.palette_contacts(), items: of("contact") },
    { title: m.palette_flats(), items: of("flat") },
    { title: m.palette_groups(), items: of("group") },
  ];
}

function shown(hit: SearchHit): Command {
  return { id: hit.id, label: hit.name, note: hit.detail, icon: icons[hit.kind], run: () => go(hit) };
}

function go({ kind, id }: SearchHit): void {
  if (kind === "contact") navigate(`/contacts/${id}`);
  else if (kind === "flat") navigate(`/flats/${id}`);
  else navigate("/contacts", { [kind]: id });
}

function acts(query: string): CommandGroup {
  return {
    title: m.palette_acts(),
    items: sieve([
      { id: "new-contact", label: m.contacts_new(), icon: UserPlus, run: () => navigate("/contacts/new") },
      { id: "import", label: m.contacts_import(), icon: FileUp, run: () => navigate("/import") },
      { id: "backup", label: m.backups_now(), icon: Archive, run: () => navigate("/settings", { tab: "backups" }) },
      { id: "recovery", label: m.safety_sheet_new(), icon: KeyRound, run: () => navigate("/settings", { tab: "safety" }) },
      { id: "language", label: m.settings_tab_appearance(), icon: Languages, run: () => navigate("/settings", { tab: "appearance" }) },
    ], query),
  };
}

function others(query: string): CommandGroup {
  const elsewhere = shell.organisations.filter((info) => info.id !== shell.organisation?.id);
  return {
    title: m.palette_organisations(),
    items: sieve(elsewhere.map((info) => ({ id: info.id, label: info.name, icon: Building, run: () => shell.acts.switchTo?.(info.id) })), query),
  };
}
