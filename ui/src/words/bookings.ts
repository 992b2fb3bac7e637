import { format, m } from "../i18n/index.js";
import type { Audience, BookingStatus, HolderName, HolidayName, InLine, Period, QuotaUnit, ResourceKind, Span, Violation } from "../platform/bindings.js";

export const kindNames: Record<ResourceKind, () => string> = {
  sauna: m.resource_kind_sauna,
  laundry: m.resource_kind_laundry,
  "drying-room": m.resource_kind_drying_room,
  "club-room": m.resource_kind_club_room,
  "guest-flat": m.resource_kind_guest_flat,
  parking: m.resource_kind_parking,
  charging: m.resource_kind_charging,
  grill: m.resource_kind_grill,
  tools: m.resource_kind_tools,
  other: m.resource_kind_other,
};

export const audienceNames: Record<Audience, () => string> = { women: m.audience_women, men: m.audience_men, mixed: m.audience_mixed };

/** What somebody is called where others see it. */
export const holderName = (who: HolderName): string => (who === "house" ? m.turn_house() : who === "withheld" ? m.name_withheld() : who.named);

export const periodNames: Record<Period, () => string> = {
  open: m.booking_quota_open,
  day: m.booking_quota_day,
  week: m.booking_quota_week,
  month: m.booking_quota_month,
  year: m.booking_quota_year,
};

/** What is said of a booking that does not simply stand. */
export const statusNames: Partial<Record<BookingStatus, () => string>> = {
  cancelled: m.booking_status_cancelled,
  cancelled_late: m.booking_status_cancelled_late,
  no_show: m.booking_status_no_show,
  displaced: m.booking_status_displaced,
};

export const holidayNames: Record<HolidayName, () => string> = {
  new_year: m.holiday_new_year,
  epiphany_eve: m.holiday_epiphany_eve,
  epiphany: m.holiday_epiphany,
  maundy_thursday: m.holiday_maundy_thursday,
  good_friday: m.holiday_good_friday,
  easter_saturday: m.holiday_easter_saturday,
  easter_sunday: m.holiday_easter_sunday,
  easter_monday: m.holiday_easter_monday,
  may_day_eve: m.holiday_may_day_eve,
  may_day: m.holiday_may_day,
  ascension_eve: m.holiday_ascension_eve,
  ascension: m.holiday_ascension,
  pentecost_eve: m.holiday_pentecost_eve,
  pentecost: m.holiday_pentecost,
  midsummer_eve: m.holiday_midsummer_eve,
  midsummer: m.holiday_midsummer,
  all_saints_eve: m.holiday_all_saints_eve,
  all_saints: m.holiday_all_saints,
  independence_day_eve: m.holiday_independence_day_eve,
  independence_day: m.holiday_independence_day,
  christmas_eve: m.holiday_christmas_eve,
  christmas: m.holiday_christmas,
  st_stephen: m.holiday_st_stephen,
  new_years_eve: m.holiday_new_years_eve,
};

/** The day of a time on the wall. */
export const dayOf = (wall: string): string => wall.slice(0, 10);

/** `2026-10-22T18:00:00` → `18.00`. */
export const clock = (wall: string): string => format.time(wall.slice(11));

/** `to 22.10.2026 klo 18.00` without the word for o'clock: `to 22.10.2026 18.00`. */
export const wallMoment = (wall: string): string => `${format.dateWithWeekday(dayOf(wall))} ${clock(wall)}`;

/** From when to when: `to 22.10.2026 18.00–19.00`, over several days, or whole days without their hours. */
export function spanWords({ start, end }: Span): string {
  if (start.endsWith("T00:00:00") && end.endsWith("T00:00:00")) {
    const last = new Date(Date.parse(`${end}Z`) - 1).toISOString();
    return dayOf(start) === dayOf(last) ? format.dateWithWeekday(dayOf(start)) : `${format.dateWithWeekday(dayOf(start))} – ${format.dateWithWeekday(dayOf(last))}`;
  }
  return dayOf(start) === dayOf(end) ? `${wallMoment(start)}–${clock(end)}` : `${wallMoment(start)} – ${wallMoment(end)}`;
}

/** The weekdays in full, Monday first: `keskiviikko`. */
export const weekdayName = (weekday: number): string => format.weekday(`2026-06-0${weekday + 1}`);

/** Minutes of a day from and until: `18.00–19.00`. */
export function minutesWords(from: number, to: number): string {
  const clockOf = (minutes: number): string => `${Math.floor(minutes / 60) % 24}.${String(minutes % 60).padStart(2, "0")}`;
  return `${clockOf(from)}–${clockOf(to)}`;
}

/** A turn of every week: `keskiviikko 18.00–19.00`. */
export const weekTurn = (weekday: number, from: number, to: number): string => `${weekdayName(weekday)} ${minutesWords(from, to)}`;

/** An amount of a quota: bookings as they are, minutes with their unit. */
export function amountWords(unit: QuotaUnit, amount: number): string {
  return unit === "minutes" ? m.booking_minutes({ minutes: format.number(amount) }) : format.number(amount);
}

/** What stands against a booking. `flatName` tells a flat's name where the page knows it; a rule without a sentence does not compile. */
export function violationWords(violation: Violation, nights: boolean, flatName: (flat: string) => string | null = () => null): string {
  const length = (amount: number): string => (nights ? m.period_nights({ count: format.number(amount) }) : m.booking_minutes({ minutes: format.number(amount) }));
  switch (violation.code) {
    case "retired": return m.violation_retired();
    case "closed": return m.violation_closed();
    case "not_a_turn": return m.violation_not_a_turn();
    case "past": return m.violation_past();
    case "common_turn": return m.violation_common_turn();
    case "out_of_use": return m.violation_out_of_use({ until: wallMoment(violation.params.until), reason: violation.params.reason });
    case "taken": {
      const who = violation.params.flat ? flatName(violation.params.flat) : null;
      if (who === null) return m.violation_taken_by_other();
      return violation.params.standing ? m.violation_taken_standing({ who }) : m.violation_taken({ who });
    }
    case "too_early": return m.violation_too_early({ day: format.dateWithWeekday(violation.params.opens) });
    case "too_late": return m.violation_too_late({ when: wallMoment(violation.params.closed) });
    case "too_short": return m.violation_too_short({ least: length(violation.params.least) });
    case "too_long": return m.violation_too_long({ most: length(violation.params.most) });
    case "quota_used": {
      const { per, unit, most, used } = violation.params;
      return m.violation_quota_used({ period: periodNames[per]().toLocaleLowerCase(), used: amountWords(unit, used), most: amountWords(unit, most) });
    }
    case "too_many_in_a_row": return m.violation_too_many_in_a_row({ most: format.number(violation.params.most) });
    case "no_price": return m.violation_no_price();
    case "waited_for": {
      const who = violation.params.flat ? flatName(violation.params.flat) : null;
      if (who === null) return m.violation_waited_for_other();
      return violation.params.until ? m.violation_offered({ who, until: wallMoment(violation.params.until) }) : m.violation_waited_for({ who });
    }
    case "nothing_to_wait_for": return m.violation_nothing_to_wait_for();
    case "standing_used": return m.violation_standing_used({ most: format.number(violation.params.most) });
  }
}

/** How somebody stands in the line for a turn. Why they would be passed over is told with it. */
export function inLineWords(stands: InLine, nights: boolean): string {
  switch (stands.code) {
    case "offered": return m.waiting_offered({ until: wallMoment(stands.params.until) });
    case "next": return m.waiting_next();
    case "offer_over": return m.waiting_over({ until: wallMoment(stands.params.until) });
    case "passed_over": return m.waiting_passed_over({ why: stands.params.against.map((one) => violationWords(one, nights)).join(" ") });
    case "waits": return m.waiting_waits();
  }
}
