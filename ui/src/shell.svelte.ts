import type { Command, CommandGroup, Found } from "./components/CommandPalette.svelte";
import type { ShellOrganisation } from "./components/Shell.svelte";
import { folded } from "./components/fold.js";
import type { OrganisationInfo, SyncStatus_Serialize as SyncStatus } from "./platform/bindings.js";

type Held = {
  organisation: ShellOrganisation | null;
  /** True when the organisation has flats. */
  housing: boolean;
  /** True when the organisation in view is the sample, which can be thrown away. */
  sample: boolean;
  /** Every organisation on this computer. */
  organisations: readonly OrganisationInfo[];
  user: string | null;
  /** When the newest backup was made, null when there is none, and whether making them fails; null as a whole until known. */
  backup: { newest: string | null; failing: boolean } | null;
  /** How synchronising stands; null while the organisation is not shared. */
  sync: SyncStatus | null;
  /** Waiting in *needs attention*. */
  attention: number;
  paletteOpen: boolean;
  /** The question before the sample goes. */
  discarding: boolean;
  /** What the switcher and the state at the bottom do; an entry without its act is not shown. */
  acts: {
    switchTo?: (id: string) => void;
    overview?: () => void;
    close?: () => void;
    create?: () => void;
    restore?: () => void;
    health?: () => void;
    sharing?: () => void;
  };
};

/** What stands around every page. Features write here; App draws it. */
export const shell = $state<Held>({
  organisation: null,
  housing: false,
  sample: false,
  organisations: [],
  user: null,
  backup: null,
  sync: null,
  attention: 0,
  paletteOpen: false,
  discarding: false,
  acts: {},
});

export type Finder = (query: string, signal: AbortSignal) => Promise<CommandGroup[]>;
const finders = new Set<Finder>();

/** Adds an area's answers to Ctrl+K; returns the way to take them out. */
export function addFinder(finder: Finder): () => void {
  finders.add(finder);
  return () => finders.delete(finder);
}

/** Everything Ctrl+K finds: the pages given, then what each area's finder knows, in the order they were added. */
export async function findAll(pages: CommandGroup, query: string, signal: AbortSignal): Promise<Found> {
  // One that fails takes none of the others with it.
  const answers = await Promise.allSettled([...finders].map((finder) => finder(query, signal)));
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const failed = answers.find((answer) => answer.status === "rejected");
  return { groups: [{ ...pages, items: sieve(pages.items, query) }, ...found], problem: failed?.reason };
}

/** Keeps the commands in whose label every word of the query begins a word, accents or not. */
export function sieve(items: readonly Command[], query: string): Command[] {
  const wanted = folded(query).split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const words = folded(item.label).replaceAll("\u00ad", "").split(/[\s-]+/);
    return wanted.every((part) => words.some((word) => word.startsWith(part)));
  });
}
