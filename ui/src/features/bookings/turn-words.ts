import Ban from "@lucide/svelte/icons/ban";
import Hand from "@lucide/svelte/icons/hand";
import Repeat from "@lucide/svelte/icons/repeat";
import UsersRound from "@lucide/svelte/icons/users-round";
import Wrench from "@lucide/svelte/icons/wrench";
import type { IconType } from "../../components/icon.js";
import { format, m } from "../../i18n/index.js";
import type { CalendarTurn_Serialize as CalendarTurn } from "../../platform/bindings.js";
import { audienceNames, clock, spanWords } from "../../words/bookings.js";

export type TurnKind = CalendarTurn["state"]["state"];

/** The sign beside a turn: its kind is told by shape, icon and words, never by colour alone. */
export const turnIcons: Partial<Record<TurnKind, IconType>> = { standing: Repeat, held: Hand, common: UsersRound, out_of_use: Wrench, displaced: Ban };

/** The kinds in the order of the legend. */
export const turnKinds: Record<TurnKind, () => string> = {
  standing: m.turn_standing, booked: m.turn_booked, held: m.turn_held, common: m.turn_common, free: m.turn_free, out_of_use: m.turn_out_of_use, displaced: m.turn_displaced,
};

/** What kind of turn it is. */
export function kindWords({ state, past }: CalendarTurn): string {
  if (state.state === "held" && state.until !== null) return m.turn_offered();
  if (state.state === "booked" && state.no_show) return m.booking_status_no_show();
  return state.state === "free" && past ? m.turn_unused() : turnKinds[state.state]();
}

/** What stands on it: whose it is, for whom it is open, why it is out of use. */
export function titleWords(turn: CalendarTurn): string {
  const { state, label } = turn;
  switch (state.state) {
    case "free": return kindWords(turn);
    case "held": return label || kindWords(turn);
    case "common": return audienceNames[state.audience]();
    case "out_of_use": return label || m.turn_out_of_use();
    case "standing": return label;
    default: return label || (state.holder.by === "contact" ? m.name_withheld() : m.turn_house());
  }
}

/** How many wait for it. */
export const waitingWords = (count: number): string => m.waiting_count({ count: format.count(count) });

/** What stands on it where its times stand there too. */
export const timedWords = (turn: CalendarTurn): string => `${titleWords(turn)} ${clock(turn.span.start)}–${clock(turn.span.end)}`;

/** All of it in one line, as a screen reader says it; first what it shows, as speech control needs it. */
export function turnWords(turn: CalendarTurn, shown = titleWords(turn)): string {
  const kind = kindWords(turn);
  return [shown, kind === titleWords(turn) ? "" : kind, spanWords(turn.span), turn.waiting > 0 ? waitingWords(turn.waiting) : ""].filter(Boolean).join(", ");
}

/** Whether two are the same turn, also when they were read at different times. */
export const sameTurn = (a: CalendarTurn, b: CalendarTurn | null): boolean => b !== null && a.span.start === b.span.start && a.state.state === b.state.state && a.label === b.label;
