import { format, m } from "../../../i18n/index.js";
import type { HolidayHours, Limits_Serialize as Limits, Quota, Resource_Serialize as Resource, Season_Serialize as Season, Turns } from "../../../platform/bindings.js";
import { audienceNames, holidayNames } from "../../../words/bookings.js";
import { dayHoursWords, lengthWords, minuteWords, turnsWords, weekdayLong, weekHoursWords } from "../rule-words.js";
import { plusDays } from "../week.js";
import { writeMonthDay } from "../typed.js";

/** A length as a deadline says it: whole days where it is some. */
export const spanOfTime = (minutes: number): string => (minutes > 0 && minutes % 1440 === 0 ? m.length_days({ count: format.count(minutes / 1440) }) : lengthWords(minutes));

const holidays = (special: HolidayHours): string | null =>
  special.on === "as_weekday" ? null : special.on === "closed" ? m.rule_closed() : m.rule_open({ hours: dayHoursWords(special.hours) });

function ofSeason(season: Season, usual: boolean): string[] {
  const hours = weekHoursWords(season.weekdays);
  const part = season.part ? `${writeMonthDay(season.part.from)}–${writeMonthDay(season.part.to)}` : "";
  const [pub, eve] = [holidays(season.public_holidays), season.eves.length > 0 ? holidays(season.eve_hours) : null];
  return [
    usual ? m.rule_hours({ hours }) : m.rule_season({ name: season.name, part, hours }),
    ...(usual ? [] : [m.rule_turns({ turns: turnsWords(season.turns) })]),
    ...(pub === null ? [] : [m.rule_public({ what: pub })]),
    ...(eve === null ? [] : [m.rule_eves({ eves: season.eves.map((name) => holidayNames[name]()).join(", "), what: eve })]),
  ];
}

const pause = (turns: Turns): string[] => (turns.by !== "nights" && turns.buffer > 0 ? [m.rule_pause({ length: lengthWords(turns.buffer) })] : []);

/** What a quota allows a flat, or where there are no flats somebody of the register: `Huoneisto saa enintään 2 varausta viikossa.` */
export function quotaWords({ per, unit, most }: Quota, byFlat = true): string {
  const amount = unit === "minutes" ? lengthWords(most) : m.rule_bookings({ count: format.count(most) });
  switch (per) {
    case "open":
      if (unit === "minutes") return (byFlat ? m.rule_quota_open_time : m.rule_person_open_time)({ amount });
      return (byFlat ? m.rule_quota_open : m.rule_person_open)({ count: format.count(most) });
    case "day": return (byFlat ? m.rule_quota_day : m.rule_person_day)({ amount });
    case "week": return (byFlat ? m.rule_quota_week : m.rule_person_week)({ amount });
    case "month": return (byFlat ? m.rule_quota_month : m.rule_person_month)({ amount });
    case "year": return (byFlat ? m.rule_quota_year : m.rule_person_year)({ amount });
  }
}

/** A start of the usual week, to tell a deadline by an example: the first evening it is open. Weeks here begin on 1 January 2024. */
function exampleStart({ timetable }: Resource): { day: string; minutes: number } | null {
  const usual = timetable.at(-1);
  const place = usual?.weekdays.findLastIndex((hours) => hours.length > 0) ?? -1;
  const hours = usual?.weekdays[place]?.[0];
  if (!usual || !hours) return null;
  return { day: plusDays("2024-01-08", place), minutes: usual.turns.by === "nights" ? usual.turns.arrive : Math.max(hours.from, Math.min(18 * 60, hours.to - 60)) };
}

/** Until when something may be cancelled or changed, with an example: `Peruttava viimeistään 1 päivä ennen alkua: la klo 18.00 alkava pe klo 18.00 mennessä.` */
export function deadlineWords(resource: Resource, which: "cancel" | "change"): string {
  const deadline = resource.limits[which];
  if (!deadline) return "";
  const length = spanOfTime(deadline.minutes);
  const start = exampleStart(resource);
  const words: string[] = [deadline.minutes === 0 ? (which === "cancel" ? m.rule_cancel_start() : m.rule_change_start()) : which === "cancel" ? m.rule_cancel({ length }) : m.rule_change({ length })];
  if (start && deadline.minutes > 0) {
    const until = start.minutes - deadline.minutes;
    const days = Math.floor(until / 1440);
    const at = (day: string, minutes: number): string => m.weekday_at({ weekday: format.weekday(day, "short"), time: minuteWords(minutes) });
    words.push(m.rule_deadline_example({ start: at(start.day, start.minutes), until: at(plusDays(start.day, days), until - days * 1440) }));
  }
  if (deadline.office) {
    const { weekdays, from, to } = deadline.office;
    const open = weekdays.map((is) => (is ? [{ from, to }] : [])) as Season["weekdays"];
    words.push(m.rule_office({ hours: weekHoursWords(open) }));
  }
  return words.join(" ");
}

function ofLimits(resource: Resource, limits: Limits, byFlat: boolean): string[] {
  const said: (string | null)[] = [
    limits.days_ahead === null ? m.rule_any_time_ahead() : m.rule_days_ahead({ count: format.count(limits.days_ahead) }),
    limits.minutes_ahead === null ? null : m.rule_minutes_ahead({ length: spanOfTime(limits.minutes_ahead) }),
    ...limits.quotas.map((quota) => quotaWords(quota, byFlat)),
    limits.same_day_extra && limits.quotas.length > 0 ? m.rule_same_day() : null,
    limits.consecutive === null ? null : m.rule_consecutive({ count: format.count(limits.consecutive) }),
    limits.standing_per_flat === null ? null : limits.standing_per_flat === 0 ? m.rule_no_standing() : m.rule_standing({ count: format.count(limits.standing_per_flat) }),
    deadlineWords(resource, "cancel"),
    deadlineWords(resource, "change"),
    limits.heating === null ? null : m.rule_heating({ count: format.count(limits.heating.turns), length: spanOfTime(limits.heating.minutes_ahead) }),
    limits.offer_minutes === null ? null : m.rule_offer({ length: spanOfTime(limits.offer_minutes) }),
  ];
  return said.filter((one): one is string => one !== null && one !== "");
}

/** Everything that is set, read back in plain sentences: hours, turns, limits, the rest. */
export function sentences(resource: Resource, byFlat = true): { hours: string[]; turns: string[]; limits: string[]; other: string[] } {
  const usual = resource.timetable.at(-1);
  const common = resource.common_turns.map(({ weekday, from, to, audience, valid }) => {
    const said = m.rule_common({ weekday: weekdayLong(weekday), hours: `${minuteWords(from)}–${minuteWords(to)}`, audience: audienceNames[audience]().toLocaleLowerCase() });
    const [first, last] = [valid.from ? m.rule_from_day({ day: format.date(valid.from) }) : "", valid.to ? m.rule_until_day({ day: format.date(valid.to) }) : ""];
    return [said, first, last].filter(Boolean).join(" ");
  });
  return {
    hours: usual ? [...ofSeason(usual, true), ...resource.timetable.slice(0, -1).flatMap((season) => ofSeason(season, false))] : [],
    turns: usual ? [m.rule_turns({ turns: turnsWords(usual.turns) }), ...pause(usual.turns), ...common] : common,
    limits: ofLimits(resource, resource.limits, byFlat),
    other: [
      ...(resource.capacity === null ? [] : [m.rule_capacity({ count: format.count(resource.capacity) })]),
      ...(resource.deposit_cents > 0 ? [m.rule_deposit({ amount: format.money(resource.deposit_cents) })] : []),
      ...(resource.key_note.trim() ? [m.rule_key({ note: resource.key_note.trim() })] : []),
    ],
  };
}

/** The usual rules of a kind in one line, as its card tells them. */
export function presetWords({ timetable, limits }: Resource): string {
  const usual = timetable.at(-1);
  if (!usual) return "";
  const everyHour = usual.weekdays.every((hours) => hours.length === 1 && hours[0]?.from === 0 && hours[0].to === 1440);
  return [
    turnsWords(usual.turns),
    ...(usual.turns.by === "nights" || everyHour ? [] : [weekHoursWords(usual.weekdays)]),
    ...(limits.standing_per_flat ? [m.preset_standing({ count: format.count(limits.standing_per_flat) })] : []),
    ...(limits.days_ahead ? [m.preset_ahead({ count: format.count(limits.days_ahead) })] : []),
  ].join(", ");
}

