import { format, m } from "../../i18n/index.js";
import type { Sort } from "../../components/table.js";
import type { ResourceBoard, ShiftInfo_Serialize as ShiftInfo, ShiftState } from "../../platform/bindings.js";
import { minutesWords, weekTurn } from "../../words/bookings.js";

/** `keskiviikko 18.00–19.00`, and how often where it is not every week. */
export function turnWords({ weekday, from, to, every_weeks }: { weekday: number; from: number; to: number; every_weeks: number }): string {
  const turn = weekTurn(weekday, from, to);
  return every_weeks > 1 ? `${turn}, ${everyWords(every_weeks)}` : turn;
}

export const everyWords = (weeks: number): string => (weeks === 1 ? m.shift_every_week() : m.shift_every_weeks({ weeks: format.number(weeks) }));

export function stateWords(state: ShiftState): string {
  switch (state.is) {
    case "coming": return m.shift_state_coming({ day: format.date(state.from) });
    case "running": return m.shift_state_running();
    case "paused": return state.to == null ? m.shift_state_paused() : m.shift_state_paused_until({ day: format.date(state.to) });
    case "ending": return m.shift_state_ending({ day: format.date(state.last) });
    case "ended": return m.shift_state_ended({ day: format.date(state.last) });
  }
}

/** Which shifts the list shows: of one space or of all, with those that are over or without. */
export function sieved(shifts: readonly ShiftInfo[], resource: string, over: boolean): readonly ShiftInfo[] {
  return shifts.filter(({ shift, state }) => (resource === "" || shift.resource === resource) && (over || state.is !== "ended"));
}

/** The shifts by a column; equals stay by space, weekday and time, as the host gives them. */
export function sorted(shifts: readonly ShiftInfo[], { column, descending }: Sort): readonly ShiftInfo[] {
  const turn = ({ shift }: ShiftInfo): number => shift.weekday * 10_000 + shift.from;
  const compare: Record<string, (a: ShiftInfo, b: ShiftInfo) => number> = {
    resource: (a, b) => format.compare(a.resource, b.resource),
    turn: (a, b) => turn(a) - turn(b),
    time: (a, b) => a.shift.from - b.shift.from,
    flat: (a, b) => format.compare(a.flat, b.flat),
    first: (a, b) => (a.shift.valid.from ?? "").localeCompare(b.shift.valid.from ?? ""),
    last: (a, b) => (a.shift.valid.to ?? "9").localeCompare(b.shift.valid.to ?? "9"),
    every: (a, b) => a.shift.every_weeks - b.shift.every_weeks,
    state: (a, b) => format.compare(stateWords(a.state), stateWords(b.state)),
  };
  const by = compare[column];
  if (!by) return shifts;
  return [...shifts].sort((a, b) => (descending ? -1 : 1) * by(a, b));
}

/** A turn as it can be chosen: `1080-1140`. */
export type TurnChoice = { value: string; label: string };

/** The turns of a weekday that the timetable offers, each with who has it; none where lengths are free. */
export function turnsOf(board: ResourceBoard | undefined, weekday: number, shifts: readonly ShiftInfo[]): TurnChoice[] {
  const flats = new Map(shifts.map(({ shift, flat }) => [shift.id, flat]));
  return (board?.rows ?? [])
    .map(({ from, to, days }) => ({ from, to, cell: days[weekday] }))
    .filter(({ cell }) => cell?.offered && cell.common === null)
    .map(({ from, to, cell }) => {
      const has = (cell?.shifts ?? []).map((id) => flats.get(id) ?? "").filter(Boolean).join(", ");
      const note = cell?.free ? (has ? m.shift_turn_partly({ flats: has }) : m.turn_free().toLocaleLowerCase()) : has;
      return { value: `${from}-${to}`, label: `${minutesWords(from, to)} · ${note}` };
    });
}
