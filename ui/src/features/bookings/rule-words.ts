import { format, m } from "../../i18n/index.js";
import type { Hours, Season_Serialize as Season, Turns } from "../../platform/bindings.js";

/** Short name of a weekday, 0 for Monday. 1 January 2024 was a Monday. */
export const weekdayShort = (place: number): string => format.weekday(`2024-01-0${place + 1}`, "short");
/** Name of a weekday, 0 for Monday. */
export const weekdayLong = (place: number): string => format.weekday(`2024-01-0${place + 1}`);

/** Minutes of a day as a clock shows them: `18.00`; past midnight the clock of the night. */
export const minuteWords = (minutes: number): string => {
  const shown = minutes > 1440 ? minutes - 1440 : minutes;
  return format.time(`${String(Math.floor(shown / 60)).padStart(2, "0")}:${String(shown % 60).padStart(2, "0")}`);
};

/** A length as it is said: `1 t 30 min`, `45 min`. */
export function lengthWords(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return m.booking_minutes({ minutes: format.number(rest) });
  const said = m.length_hours({ hours: format.number(hours) });
  return rest === 0 ? said : `${said} ${m.booking_minutes({ minutes: format.number(rest) })}`;
}

/** Hours of one day: `16.00–18.00 ja 19.00–22.00`. */
export function dayHoursWords(hours: readonly Hours[]): string {
  return hours.map(({ from, to }) => (from === 0 && to === 1440 ? m.hours_all_day() : `${minuteWords(from)}–${minuteWords(to)}`)).join(", ");
}

/** Hours of a week in as few words as it takes: `ke–la 16.00–22.00`. */
export function weekHoursWords(weekdays: Season["weekdays"]): string {
  const said = weekdays.map((hours) => dayHoursWords(hours));
  if (said.every((one) => one === said[0])) return said[0] ? m.hours_every_day({ hours: said[0] }) : m.hours_never();
  const parts: string[] = [];
  for (let first = 0; first < 7; ) {
    let last = first;
    while (last < 6 && said[last + 1] === said[first]) last += 1;
    if (said[first]) parts.push(`${weekdayShort(first)}${last > first ? `–${weekdayShort(last)}` : ""} ${said[first]}`);
    first = last + 1;
  }
  return parts.join("; ");
}

/** How a space is taken: in turns of an hour, as long as is wanted, by the night. */
export function turnsWords(turns: Turns): string {
  switch (turns.by) {
    case "fixed": return m.turns_fixed_words({ length: lengthWords(turns.minutes) });
    case "free": return m.turns_free_words({ least: lengthWords(turns.least), most: lengthWords(turns.most) });
    case "nights": return m.turns_nights_words({ arrive: minuteWords(turns.arrive), leave: minuteWords(turns.leave) });
  }
}
