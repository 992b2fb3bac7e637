import { call, asProblem } from "./api/index.js";
import { backupHealth } from "./health.js";
import { m, onLocaleChange, startLocale } from "./i18n/index.js";
import { commands, type Changed, type OpenOrganisation, type OrganisationInfo, type Settings_Serialize as Settings, type Unlock } from "./platform/bindings.js";
import { listenDataChanged } from "./platform/index.js";
import { shell } from "./shell.svelte.js";
import { onThemeChange, startTheme } from "./theme.svelte.js";
import { toasts } from "./components/toast.svelte.js";

/** Where the window stands: before an organisation is open, what is asked for; afterwards, its pages. */
export type Stage =
  | { at: "starting" }
  /** No organisation yet, or the user wants another one. `back` leads to the open one. */
  | { at: "welcome"; back: boolean }
  | { at: "create" }
  | { at: "restore" }
  /** The key is not at hand: a passphrase or the code of the recovery sheet opens it. */
  | { at: "locked"; info: OrganisationInfo }
  /** It cannot be opened as it is: damaged, newer, gone. */
  | { at: "broken"; info: OrganisationInfo; problem: unknown }
  | { at: "open" };

type Held = {
  stage: Stage;
  open: OpenOrganisation | null;
  settings: Settings;
  version: number;
  /** An undo that met later edits, waiting for the user's choice. */
  undoing: { change: string } | null;
};

const held = $state<Held>({
  stage: { at: "starting" },
  open: null,
  settings: { language: null, theme: "system", last_organisation: null },
  version: 0,
  undoing: null,
});

/** The open organisation and what it takes to get there. */
export const session = {
  get stage(): Stage {
    return held.stage;
  },
  get organisation() {
    return held.open?.organisation ?? null;
  },
  /** Id of the open organisation; pages stand only behind one. */
  get id(): string {
    if (!held.open) throw new Error("no organisation is open");
    return held.open.organisation.id;
  },
  get user() {
    return held.open?.user ?? null;
  },
  get isSample(): boolean {
    return held.open?.sample ?? false;
  },
  get isHousing(): boolean {
    return held.open?.organisation.kind === "housing-company";
  },
  /** Rises with every change, made here or by another program: what is shown is fetched anew. */
  get version(): number {
    return held.version;
  },
  get settings(): Settings {
    return held.settings;
  },
  get undoing() {
    return held.undoing;
  },
  goTo(stage: Stage): void {
    held.stage = stage;
  },
  /** Tells what was done, with the way back. */
  changed(changed: Changed, text: string): void {
    this.touch();
    const { change } = changed;
    toasts.show(change == null ? { text } : { text, undo: () => void this.undo(change) });
  },
  /** What is shown is fetched anew. */
  touch(): void {
    held.version += 1;
    void refreshAround();
  },
  /** Takes a change back; when records were edited since, asks first. */
  async undo(change: string): Promise<void> {
    try {
      await call(commands.undo(this.id, change, "stop"));
      this.touch();
      toasts.show({ text: m.undo_done() });
    } catch (thrown) {
      if (asProblem(thrown).code !== "edited_since") throw thrown;
      held.undoing = { change };
    }
  },
  /** The question that {@link undo} asked has been answered. */
  undoSettled(): void {
    held.undoing = null;
  },
  /** Takes the user's newest change back: Ctrl+Z. */
  async undoNewest(): Promise<void> {
    try {
      await this.undo(await call(commands.newestUndoable(this.id)));
    } catch (thrown) {
      if (asProblem(thrown).code !== "nothing_to_undo") throw thrown;
      toasts.show({ text: m.undo_nothing() });
    }
  },
};

/** Reads what this computer remembers, and opens what was open last. */
export async function startSession(): Promise<void> {
  held.settings = await call(commands.settings());
  startLocale(held.settings.language);
  startTheme(held.settings.theme);
  onLocaleChange((language) => void keep({ language }));
  onThemeChange((theme) => void keep({ theme }));
  listenDataChanged((organisation) => {
    if (organisation === held.open?.organisation.id) session.touch();
  });
  Object.assign(shell.acts, {
    switchTo: (id: string) => void switchTo(id),
    create: () => session.goTo({ at: "welcome", back: true }),
    openOther: () => session.goTo({ at: "restore" }),
  });
  const known = await call(commands.organisations());
  const last = known.find((info) => info.id === held.settings.last_organisation) ?? (known.length === 1 ? known[0] : undefined);
  if (last) await open(last, { with: "keychain" });
  else session.goTo({ at: "welcome", back: false });
}

/** Opens an organisation, or goes to where it can be: its lock, or what is wrong with it. */
export async function open(info: OrganisationInfo, unlock: Unlock): Promise<void> {
  try {
    const opened = unlock.with === "keychain" && info.unlock === "passphrase" && !info.open ? null : await call(commands.openOrganisation(info.id, unlock));
    if (opened) entered(opened);
    else session.goTo({ at: "locked", info });
  } catch (thrown) {
    const { code } = asProblem(thrown);
    if (code === "wrong_secret") throw thrown;
    session.goTo(code === "keychain_missing" ? { at: "locked", info } : { at: "broken", info, problem: thrown });
  }
}

/** Goes into an organisation that the host has opened. */
export function entered(opened: OpenOrganisation): void {
  held.open = opened;
  held.version += 1;
  held.stage = { at: "open" };
  document.title = `${opened.organisation.name} – Kiulu`;
  void refreshAround();
}

async function switchTo(id: string): Promise<void> {
  const known = await call(commands.organisations());
  const info = known.find((one) => one.id === id);
  if (info && id !== held.open?.organisation.id) {
    location.hash = "#/";
    await open(info, { with: "keychain" });
  }
}

async function keep(changed: Partial<Settings>): Promise<void> {
  held.settings = { ...held.settings, ...changed };
  // Opening an organisation writes the settings as well; what it wrote stays.
  const current = await call(commands.settings());
  await call(commands.saveSettings({ ...current, ...changed }));
}

/** What stands around the pages. */
async function refreshAround(): Promise<void> {
  const open = held.open;
  if (!open) return;
  const id = open.organisation.id;
  const [described, known, backups, attention] = await Promise.all([
    call(commands.describeOrganisation(id)),
    call(commands.organisations()),
    call(commands.backups(id)),
    call(commands.attention(id)),
  ]);
  if (held.open?.organisation.id !== id) return;
  held.open = described;
  shell.organisation = { id, name: described.organisation.name };
  shell.housing = described.organisation.kind === "housing-company";
  shell.organisations = known.map((info) => ({ id: info.id, name: info.name }));
  shell.user = described.user?.name ?? null;
  shell.health = backupHealth(backups[0]?.made_at ?? null);
  shell.attention = attention.length;
}
