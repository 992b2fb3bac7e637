import { call, asProblem, onFileDamaged, Problem } from "./api/index.js";
import { m, onLocaleChange, startLocale } from "./i18n/index.js";
import { commands, type Changed, type OpenOrganisation, type OrganisationInfo, type Settings_Serialize as Settings, type Unlock } from "./platform/bindings.js";
import { closeWindow, listenBackupsChanged, listenDataChanged, listenSyncChanged, onCloseRequested } from "./platform/index.js";
import { leave, navigate, startOver } from "./router.svelte.js";
import { shell } from "./shell.svelte.js";
import { onTextSizeChange, startTextSize } from "./text-size.svelte.js";
import { onThemeChange, startTheme } from "./theme.svelte.js";
import { windowTitle } from "./components/title.svelte.js";
import { toasts } from "./components/toast.svelte.js";
import { lineWords } from "./words/actions.js";

/** Where the window stands: before an organisation is open, what is asked for; afterwards, its pages. */
export type Stage =
  | { at: "starting" }
  /** What this computer remembers could not be read. */
  | { at: "failed"; problem: unknown }
  /** No organisation yet, or the user wants another one. `back` leads to the open one. */
  | { at: "welcome"; back: boolean }
  | { at: "create" }
  | { at: "restore" }
  /** Joins by the code of an invitation. */
  | { at: "join" }
  /** The key is not at hand: a passphrase or the code of the recovery sheet opens it. */
  | { at: "locked"; info: OrganisationInfo }
  /** Restored from elsewhere: nobody has said yet whose changes these will be. */
  | { at: "introduce"; opened: OpenOrganisation }
  /** It cannot be opened as it is: damaged, newer, gone. */
  | { at: "broken"; info: OrganisationInfo; problem: unknown }
  | { at: "open" };

type Held = {
  stage: Stage;
  /** Apart from `open`, which is read anew after every change: pages follow the id, and it changes only with the organisation. */
  id: string | null;
  open: OpenOrganisation | null;
  settings: Settings;
  version: number;
  /** An undo that met later edits, waiting for the user's choice. */
  undoing: { change: string; what: string } | null;
  problem: unknown;
};

const held = $state<Held>({
  stage: { at: "starting" },
  id: null,
  open: null,
  settings: { language: null, theme: "system", text_size: "100", last_organisation: null, open_organisations: [] },
  version: 0,
  undoing: null,
  problem: null,
});
// Derived, so that who asks hears of a change of the answer and not of every reading anew.
const housing = $derived(held.open?.organisation.kind === "housing-company");
const sample = $derived(held.open?.sample ?? false);
/** How far back Ctrl+Z looks for the words of what it takes back; the host looks as far for the change. */
const NEWEST = 50;
let started = false;
let asked = 0;

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
    if (held.id === null) throw new Error("no organisation is open");
    return held.id;
  },
  get user() {
    return held.open?.user ?? null;
  },
  get isSample(): boolean {
    return sample;
  },
  /** A newer program has written the file: it can be looked at, not changed. */
  get isReadOnly(): boolean {
    return held.open?.read_only ?? false;
  },
  /** This laptop takes part as one that only reads. */
  get onlyReads(): boolean {
    return held.open?.only_reads ?? false;
  },
  get isHousing(): boolean {
    return housing;
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
  /** A failure that belongs to no page: of Ctrl+Z, of the switcher. Shown above the page until it is closed. */
  get problem(): unknown {
    return held.problem;
  },
  say(problem: unknown): void {
    held.problem = problem;
  },
  closeProblem(): void {
    held.problem = null;
  },
  goTo(stage: Stage): void {
    held.stage = stage;
  },
  /** Tells what was done, with the way back. */
  changed(changed: Changed, text: string): void {
    this.touch();
    const { change } = changed;
    toasts.show(change == null ? { text } : { text, undo: () => orSay(this.undo(change, text)) });
  },
  /** What is shown is fetched anew. */
  touch(): void {
    held.version += 1;
    void orSay(refreshAround());
  },
  /** Takes a change back, which `what` says in words; when records were edited since, asks first. */
  async undo(change: string, what: string): Promise<void> {
    try {
      this.undone(await call(commands.undo(this.id, change, "stop")), what);
    } catch (thrown) {
      if (asProblem(thrown).code !== "edited_since") throw thrown;
      held.undoing = { change, what };
    }
  },
  /** Tells what was taken back, with the way forward again: an undo is a change like any other. */
  undone({ change }: Changed, what: string): void {
    this.touch();
    const text = m.undo_done_of({ what: what.replace(/\.$/, "") });
    toasts.show(change == null ? { text } : { text, open: { label: m.undo_redo(), run: () => void orSay(this.redo(change, what)) } });
  },
  /** Does again what an undo took back. */
  async redo(undo: string, what: string): Promise<void> {
    try {
      this.changed(await call(commands.undo(this.id, undo, "stop")), m.undo_redone_of({ what: what.replace(/\.$/, "") }));
    } catch (thrown) {
      if (asProblem(thrown).code !== "edited_since") throw thrown;
      held.undoing = { change: undo, what: m.did_undo_of({ what }) };
    }
  },
  /** The question that {@link undo} asked has been answered. */
  undoSettled(): void {
    held.undoing = null;
  },
  /** Takes the user's newest change back: Ctrl+Z. */
  async undoNewest(): Promise<void> {
    try {
      const newest = await call(commands.newestUndoable(this.id));
      const { changes } = await call(commands.history(this.id, null, false, null, NEWEST));
      const line = changes.find((one) => one.id === newest);
      await this.undo(newest, line ? lineWords(line) : m.undo_newest());
    } catch (thrown) {
      if (asProblem(thrown).code === "nothing_to_undo") toasts.show({ text: m.undo_nothing() });
      else held.problem = thrown;
    }
  },
  /** Throws the sample organisation away and goes to the first page. */
  async discardSample(): Promise<void> {
    await call(commands.discardSample(this.id));
    left();
  },
};

/** Reads what this computer remembers, and opens what was open last. Can be called again after it has failed. */
export async function startSession(): Promise<void> {
  session.goTo({ at: "starting" });
  try {
    held.settings = await call(commands.settings());
    startLocale(held.settings.language);
    startTheme(held.settings.theme);
    startTextSize(held.settings.text_size);
    listenOnce();
    const known = await call(commands.organisations());
    const last = known.find((info) => info.id === held.settings.last_organisation) ?? (known.length === 1 ? known[0] : undefined);
    if (last) await open(last, { with: "keychain" });
    else session.goTo({ at: "welcome", back: false });
  } catch (thrown) {
    session.goTo({ at: "failed", problem: thrown });
  }
}

function listenOnce(): void {
  if (started) return;
  started = true;
  onLocaleChange((language) => void orSay(keep({ language })));
  onThemeChange((theme) => void orSay(keep({ theme })));
  onTextSizeChange((text_size) => void orSay(keep({ text_size })));
  onFileDamaged(broke);
  listenBackupsChanged((organisation) => {
    if (organisation === held.id) session.touch();
  });
  listenDataChanged((organisation) => {
    if (organisation === held.id) session.touch();
  });
  listenSyncChanged((organisation) => {
    if (organisation === held.id) void orSay(refreshSync(organisation));
  });
  onCloseRequested(mayClose);
  Object.assign(shell.acts, {
    switchTo: (id: string) => leave(() => void orSay(switchTo(id))),
    overview: () => navigate("/organisations"),
    close: () => leave(() => void orSay(closeOrganisation(session.id))),
    create: () => leave(() => session.goTo({ at: "welcome", back: true })),
    restore: () => leave(() => session.goTo({ at: "restore" })),
    health: () => navigate("/settings", { tab: "backups" }),
    sharing: () => navigate("/settings", { tab: "sharing" }),
  });
}

/** Whether the window may close now; where unsaved work is asked about, it closes after the answer. */
function mayClose(): boolean {
  let asking = false;
  let may = false;
  leave(() => {
    if (asking) void orSay(closeWindow());
    else may = true;
  });
  asking = true;
  return may;
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
  if (held.id !== opened.organisation.id) {
    // The address, the toast and the question speak of the organisation that was open until now.
    if (held.id !== null) startOver();
    toasts.close();
    held.id = opened.organisation.id;
  }
  held.undoing = null;
  held.problem = null;
  held.open = opened;
  held.version += 1;
  held.stage = opened.user === null && !opened.read_only && !opened.only_reads ? { at: "introduce", opened } : { at: "open" };
  placeInShell(opened);
  lookForDamage(opened.organisation.id);
  void orSay(refreshAround());
}

/** So long after the first page the file is looked through: opening does not wait for it. */
const LOOK_AFTER_MS = 5000;
let looking: ReturnType<typeof setTimeout> | undefined;

/** Looks at every page of the file once the window is in use; {@link broke} hears what is found. */
function lookForDamage(id: string): void {
  clearTimeout(looking);
  looking = setTimeout(() => {
    if (id === held.id) void call(commands.checkOrganisation(id)).catch(() => {});
  }, LOOK_AFTER_MS);
}

/** The open file has turned out to be damaged: nothing is written to it any more, and a backup is offered. */
function broke(): void {
  const { open } = held;
  if (held.stage.at !== "open" || !open) return;
  const { id, name, kind } = open.organisation;
  const info = shell.organisations.find((one) => one.id === id) ?? { id, name, kind, sample: open.sample, open: true, unlock: "keychain", recoverable: true };
  session.goTo({ at: "broken", info, problem: new Problem("file_damaged") });
}

/** Shows a failure above the page, where no page of its own can. */
export async function orSay(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    held.problem = thrown;
  }
}

/** Closes an organisation, so that its key is needed again. From the one in view the window goes to another that is open. */
export async function closeOrganisation(id: string): Promise<void> {
  await call(commands.closeOrganisation(id));
  if (id !== held.id) return session.touch();
  const next = (await call(commands.organisations())).find((info) => info.open);
  left();
  if (next) await open(next, { with: "keychain" });
}

/** The organisation in view is gone: the first page, until another is opened. */
function left(): void {
  session.goTo({ at: "welcome", back: false });
  held.id = null;
  held.open = null;
  toasts.close();
  startOver();
}

async function switchTo(id: string): Promise<void> {
  const known = await call(commands.organisations());
  const info = known.find((one) => one.id === id);
  if (info && id !== held.id) await open(info, { with: "keychain" });
}

async function keep(changed: Partial<Settings>): Promise<void> {
  held.settings = { ...held.settings, ...changed };
  // Opening an organisation writes the settings as well; what it wrote stays.
  const current = await call(commands.settings());
  await call(commands.saveSettings({ ...current, ...changed }));
}

/** What stands around the pages. An answer that a newer question has overtaken is let go. */
async function refreshAround(): Promise<void> {
  const id = held.id;
  if (id === null) return;
  const question = ++asked;
  const [described, known, backups, attention, sync] = await Promise.all([
    call(commands.describeOrganisation(id)),
    call(commands.organisations()),
    call(commands.backups(id)),
    call(commands.attention(id)),
    call(commands.syncStatus(id)),
  ]);
  if (question !== asked || held.id !== id) return;
  held.open = described;
  placeInShell(described);
  shell.organisations = known;
  shell.backup = { newest: backups[0]?.made_at ?? null, failing: attention.some((item) => item.kind.code === "backup_failing") };
  shell.attention = attention.length;
  shell.sync = sync;
}

/** How synchronising stands; whether this laptop may write can have changed with it. */
async function refreshSync(id: string): Promise<void> {
  const [described, sync] = await Promise.all([call(commands.describeOrganisation(id)), call(commands.syncStatus(id))]);
  if (held.id !== id) return;
  held.open = described;
  shell.sync = sync;
}

function placeInShell({ organisation, user, sample }: OpenOrganisation): void {
  windowTitle.place = organisation.name;
  shell.organisation = { id: organisation.id, name: organisation.name };
  shell.housing = organisation.kind === "housing-company";
  shell.user = user?.name ?? null;
  shell.sample = sample;
}
