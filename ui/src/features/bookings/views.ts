import { format, m } from "../../i18n/index.js";
import { monday, monthOf, plusDays, plusMonths } from "./week.js";

/** How the calendar is looked at: days of one space, or the spaces side by side on one day. */
export type View = "day" | "week" | "month" | "list" | "spaces";

export const viewNames: Record<View, () => string> = {
  day: m.view_day, week: m.view_week, month: m.view_month, list: m.view_list, spaces: m.view_spaces,
};

/** The view that an address names; a week where it names none. */
export const viewOf = (word: string | null): View => (word !== null && Object.hasOwn(viewNames, word) ? (word as View) : "week");

/** First and last day that a view shows around a day; a month in whole weeks. */
export function shownDays(view: View, day: string): { from: string; to: string } {
  switch (view) {
    case "day": case "spaces": return { from: day, to: day };
    case "week": return { from: monday(day), to: plusDays(monday(day), 6) };
    case "month": {
      const from = monday(monthOf(day));
      return { from, to: plusDays(from, 41) };
    }
    case "list": return { from: monthOf(day), to: plusDays(plusMonths(day, 1), -1) };
  }
}

/** The day that one step forward or back leads to. */
export function steppedDay(view: View, day: string, step: 1 | -1): string {
  if (view === "month" || view === "list") return plusMonths(day, step);
  return plusDays(day, view === "week" ? 7 * step : step);
}

/** What is shown, as its heading says it: the strong part first. */
export function heading(view: View, day: string): [string, string] {
  switch (view) {
    case "day": case "spaces": return [format.dateInWords(day), day.slice(0, 4)];
    case "week": return [m.week_number({ week: format.week(day).week }), `${format.date(monday(day))}–${format.date(plusDays(monday(day), 6))}`];
    case "month": case "list": return [format.monthAndYear(day), ""];
  }
}

/** Names of the two arrows. */
export function arrowNames(view: View): [string, string] {
  switch (view) {
    case "day": case "spaces": return [m.bookings_previous_day(), m.bookings_next_day()];
    case "week": return [m.bookings_previous_week(), m.bookings_next_week()];
    case "month": case "list": return [m.bookings_previous_month(), m.bookings_next_month()];
  }
}
