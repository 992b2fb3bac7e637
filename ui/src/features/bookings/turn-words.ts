import Ban from "@lucide/svelte/icons/ban";
import Repeat from "@lucide/svelte/icons/repeat";
import UsersRound from "@lucide/svelte/icons/users-round";
import Wrench from "@lucide/svelte/icons/wrench";
import type { IconType } from "../../components/icon.js";
import { m } from "../../i18n/index.js";
import type { CalendarTurn } from "../../platform/bindings.js";
import { audienceNames, spanWords } from "../../words/bookings.js";

export type TurnKind = CalendarTurn["state"]["state"];

/** The sign beside a turn: its kind is told by shape, icon and words, never by colour alone. */
export const turnIcons: Partial<Record<TurnKind, IconType>> = { standing: Repeat, common: UsersRound, out_of_use: Wrench, displaced: Ban };

/** The kinds in the order of the legend. */
export const turnKinds: Record<TurnKind, () => string> = {
  standing: m.turn_standing, booked: m.turn_booked, common: m.turn_common, free: m.turn_free, out_of_use: m.turn_out_of_use, displaced: m.turn_displaced,
};

/** What kind of turn it is. */
export function kindWords({ state, past }: CalendarTurn): string {
  return state.state === "free" && past ? m.turn_unused() : turnKinds[state.state]();
}

/** What stands on it: whose it is, for whom it is open, why it is out of use. */
export function titleWords(turn: CalendarTurn): string {
  const { state, label } = turn;
  switch (state.state) {
    case "free": return kindWords(turn);
    case "common": return audienceNames[state.audience]();
    case "out_of_use": return label || m.turn_out_of_use();
    default: return label || m.turn_house();
  }
}

/** All of it in one line, as a screen reader says it. */
export const turnWords = (turn: CalendarTurn): string => [...new Set([titleWords(turn), kindWords(turn), spanWords(turn.span)])].join(", ");

/** Whether two are the same turn, also when they were read at different times. */
export const sameTurn = (a: CalendarTurn, b: CalendarTurn | null): boolean => b !== null && a.span.start === b.span.start && a.state.state === b.state.state && a.label === b.label;
