// Hash addresses (`#/contacts/…?q=…`): they work under Tauri's own protocol, from a file and in the browser alike,
// and back and forward are the window's own. Sixty lines are less than a dependency.

import { untrack } from "svelte";

export type Params = Readonly<Record<string, string>>;

const here = $state<{ path: string; query: string }>(read());
/** What is asked before unsaved work is left behind. */
export type LeaveQuestion = { title: string; what: string; stay: string; leave: string };

let guard: (() => LeaveQuestion | null) | null = null;
let settled = address();
let asked = $state.raw<{ question: LeaveQuestion; go: () => void } | null>(null);

/** The open address; reactive. `query` gives the part after `?`. */
export const route = {
  get path(): string {
    return here.path;
  },
  get query(): URLSearchParams {
    return new URLSearchParams(here.query);
  },
};

/** The address of a page, for links: `href("/contacts", { q: "lehto" })`. Empty values are left out. */
export function href(path: string, query: Record<string, string | number | null | undefined> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return `#${path}${text ? `?${text}` : ""}`;
}

/** Goes to a page. `replace` leaves no step for "back": use it while typing in a search field. */
export function navigate(path: string, query: Parameters<typeof href>[1] = {}, options: { replace?: boolean } = {}): void {
  const to = href(path, query);
  if (to === location.hash) return;
  if (options.replace) {
    history.replaceState(history.state, "", to);
    arrive();
  } else {
    location.hash = to;
  }
}

/** Parameters of a path under a pattern such as `/contacts/:id`, or null when it is another page. */
export function match(pattern: string, path: string): Params | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? "";
    if (part.startsWith(":") && value !== "") params[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  return params;
}

/** Holds the user on a page that has unsaved work: `question` gives null when nothing would be lost. Returns the way to stop. */
export function guardLeaving(question: () => LeaveQuestion | null): () => void {
  guard = question;
  return () => {
    if (guard === question) guard = null;
  };
}

/** Does what takes the page away – another page, another organisation, closing the window – once unsaved work may go. */
export function leave(go: () => void): void {
  const question = guard?.() ?? null;
  if (question) asked = { question, go };
  else go();
}

/** The question that {@link leave} asks, until it is answered; reactive. */
export const leaving = {
  get question(): LeaveQuestion | null {
    return asked?.question ?? null;
  },
  stay(): void {
    asked = null;
  },
  go(): void {
    const answered = asked;
    asked = null;
    guard = null;
    answered?.go();
  },
};

/** Goes to the first page without asking: what was open belongs to something that is no longer there. */
export function startOver(): void {
  guard = null;
  asked = null;
  navigate("/", {}, { replace: true });
}

/**
 * Does what an address asks of its page beside showing it (`?do=add`), once: the word leaves the address as it is done.
 * Called while a component is made.
 */
export function whenAsked(word: string, act: () => void): void {
  $effect(() => {
    const { do: asked, ...rest } = Object.fromEntries(route.query);
    if (asked !== word) return;
    untrack(() => {
      navigate(route.path, rest, { replace: true });
      act();
    });
  });
}

if (typeof window !== "undefined") window.addEventListener("hashchange", arrive);

function arrive(): void {
  const to = address();
  if (to === settled) return;
  if (guard?.()) {
    history.pushState(null, "", settled);
    leave(() => (location.hash = to));
    return;
  }
  settled = to;
  Object.assign(here, read());
}

function address(): string {
  return typeof location === "undefined" || location.hash === "" ? "#/" : location.hash;
}

function read(): { path: string; query: string } {
  const [path = "/", query = ""] = address().slice(1).split("?", 2);
  return { path: path.length > 1 ? path.replace(/\/$/, "") : "/", query };
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
