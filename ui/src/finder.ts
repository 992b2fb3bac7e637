import Archive from "@lucide/svelte/icons/archive";
import Building from "@lucide/svelte/icons/building-2";
import CalendarDays from "@lucide/svelte/icons/calendar-days";
import DoorOpen from "@lucide/svelte/icons/door-open";
import FileDown from "@lucide/svelte/icons/file-down";
import FileUp from "@lucide/svelte/icons/file-up";
import KeyRound from "@lucide/svelte/icons/key-round";
import Languages from "@lucide/svelte/icons/languages";
import SunMoon from "@lucide/svelte/icons/sun-moon";
import Undo from "@lucide/svelte/icons/undo-2";
import User from "@lucide/svelte/icons/user-round";
import UserPlus from "@lucide/svelte/icons/user-plus";
import Users from "@lucide/svelte/icons/users-round";
import { call } from "./api/index.js";
import type { Command, CommandGroup } from "./components/CommandPalette.svelte";
import { toasts } from "./components/toast.svelte.js";
import { locale, locales, m, setLocale, type Locale } from "./i18n/index.js";
import { commands, type HitKind, type SearchHit } from "./platform/bindings.js";
import { navigate } from "./router.svelte.js";
import { orSay, session } from "./session.svelte.js";
import { addFinder, shell, sieve } from "./shell.svelte.js";
import { kindNames } from "./words/bookings.js";
import { setTheme, type ThemeChoice } from "./theme.svelte.js";

const icons = { contact: User, flat: DoorOpen, group: Users } satisfies Record<HitKind, unknown>;

const themes: { choice: ThemeChoice; name: () => string }[] = [
  { choice: "light", name: () => m.theme_light() }, { choice: "dark", name: () => m.theme_dark() }, { choice: "system", name: () => m.theme_system() },
];
/** Each language in itself, as those who speak it look for it. */
const languages: Record<Locale, string> = { fi: "Suomi", sv: "Svenska", en: "English" };

/** What Ctrl+K finds beside the pages: people, flats and groups by what is typed, and things to do. Returns the way to stop. */
export function startFinder(): () => void {
  const stops = [addFinder(records), addFinder(spaces), addFinder(async (query) => [acts(query), others(query)])];
  return () => stops.forEach((stop) => stop());
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

/** Shared spaces by name: each opens its calendar. */
async function spaces(query: string): Promise<CommandGroup[]> {
  if (query === "") return [];
  const found = (await call(commands.resources(session.id))).filter(({ retired }) => !retired);
  const items = found.map(({ id, name, kind, place }) => ({ id, label: name, note: [kindNames[kind](), place].filter(Boolean).join(" · "), icon: CalendarDays, run: () => navigate(`/bookings/${id}`) }));
  return [{ title: m.bookings_spaces(), items: sieve(items, query) }];
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
  const add: Command[] = [
    { id: "new-contact", label: m.contacts_add(), icon: UserPlus, run: () => navigate("/contacts/new") },
    { id: "import", label: m.contacts_import(), icon: FileUp, run: () => navigate("/import") },
    { id: "export", label: m.contacts_export(), icon: FileDown, run: () => navigate("/contacts", { do: "export" }) },
    ...(shell.housing ? [{ id: "new-flats", label: m.flats_add(), icon: DoorOpen, run: () => navigate("/flats", { do: "add" }) }] : []),
    { id: "new-space", label: m.bookings_add_space(), icon: CalendarDays, run: () => navigate("/bookings/spaces/new") },
    { id: "new-group", label: m.groups_new(), icon: Users, run: () => navigate("/groups", { do: "add" }) },
  ];
  const look: Command[] = [
    { id: "undo", label: m.palette_undo(), icon: Undo, keys: "Ctrl Z", run: () => void session.undoNewest() },
    { id: "backup", label: m.backups_now(), icon: Archive, run: () => void orSay(backUp()) },
    { id: "recovery", label: m.safety_sheet_new(), icon: KeyRound, run: () => navigate("/settings", { tab: "safety" }) },
    ...themes.map(({ choice, name }) => ({ id: `theme-${choice}`, label: `${m.settings_theme()}: ${name()}`, icon: SunMoon, run: () => setTheme(choice) })),
    ...locales.filter((one) => one !== locale()).map((one) => ({ id: `language-${one}`, label: `${m.settings_language()}: ${languages[one]}`, icon: Languages, run: () => setLocale(one) })),
  ];
  return { title: m.palette_acts(), items: sieve([...add, ...look], query) };
}

async function backUp(): Promise<void> {
  await call(commands.backUp(session.id));
  session.touch();
  toasts.show({ text: m.backups_done() });
}

function others(query: string): CommandGroup {
  const elsewhere = shell.organisations.filter((info) => info.id !== shell.organisation?.id);
  return {
    title: m.palette_organisations(),
    items: sieve(elsewhere.map((info) => ({ id: info.id, label: info.name, icon: Building, run: () => shell.acts.switchTo?.(info.id) })), query),
  };
}
