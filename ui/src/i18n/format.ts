import { m } from "../paraglide/messages.js";
import { locale, type Locale } from "./locale.svelte.js";

/** No-break space: between a number and its unit, and between thousands. */
export const NBSP = "\u00a0";
const MINUS = "\u2212";

/** A calendar day as `YYYY-MM-DD`, without a time zone. */
export type IsoDate = string;

type Day = { year: number; month: number; day: number };

function parts(iso: IsoDate): Day | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  if (!found) return null;
  const day = { year: Number(found[1]), month: Number(found[2]), day: Number(found[3]) };
  const real = new Date(Date.UTC(day.year, day.month - 1, day.day));
  return real.getUTCMonth() === day.month - 1 && real.getUTCDate() === day.day ? day : null;
}

/** `2026-12-24` → `24.12.2026`, the same in all three languages; what is not a date comes back as it was. */
export function date(iso: IsoDate): string {
  const d = parts(iso);
  return d ? `${d.day}.${d.month}.${d.year}` : iso;
}

/** `2026-12-24` → `to 24.12.2026`, with the weekday of the language. */
export function dateWithWeekday(iso: IsoDate): string {
  return parts(iso) ? `${weekday(iso, "short")}${NBSP}${date(iso)}` : iso;
}

/** `2026-12-24` → `torstai 24. joulukuuta`: for titles. */
export function dateInWords(iso: IsoDate): string {
  const at = utc(iso);
  if (!at) return iso;
  return new Intl.DateTimeFormat(tag(), { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" })
    .format(at)
    .replace(/(\d+\.?) /, `$1${NBSP}`)
    .replace(/(\p{L}+)na (?=\d)/u, "$1 ");
}

/** The month of a day: `lokakuu 2026`. */
export function monthAndYear(iso: IsoDate): string {
  const at = utc(iso);
  return at ? new Intl.DateTimeFormat(tag(), { month: "long", year: "numeric", timeZone: "UTC" }).format(at) : iso;
}

/** The weekday of a day: `torstai` or `to`; in another language than the window's where a letter is written in it. */
export function weekday(iso: IsoDate, length: "long" | "short" = "long", language: Locale = locale()): string {
  const at = utc(iso);
  if (!at) return "";
  return new Intl.DateTimeFormat(tag(language), { weekday: length, timeZone: "UTC" }).format(at).replace(".", "");
}

/** Wall-clock time with a full stop, as Finland writes it: `18.00`. Takes `18:00`, `18:00:30` or a Date in local time. */
export function time(value: string | Date): string {
  if (value instanceof Date) return `${value.getHours()}.${two(value.getMinutes())}`;
  const found = /^(\d{1,2}):(\d{2})/.exec(value);
  return found ? `${Number(found[1])}.${found[2]}` : value;
}

/** An instant in this computer's time zone: `tänään 9.41`, `eilen 21.04`, `2.10.2026`. */
export function moment(instant: string | Date, now: Date = new Date()): string {
  const at = typeof instant === "string" ? new Date(instant) : instant;
  if (Number.isNaN(at.getTime())) return String(instant);
  const iso = isoDay(at);
  const distance = daysBetween(isoDay(now), iso);
  if (distance === 0) return `${m.day_today()} ${time(at)}`.replace(" ", NBSP);
  if (distance === -1) return `${m.day_yesterday()} ${time(at)}`.replace(" ", NBSP);
  return date(iso);
}

/** The same with the time always written: `2.10.2026 klo 8.05`. */
export function momentInFull(instant: string | Date): string {
  const at = typeof instant === "string" ? new Date(instant) : instant;
  if (Number.isNaN(at.getTime())) return String(instant);
  return m.date_and_time({ date: date(isoDay(at)), time: time(at) }).replaceAll(/(\p{L}) (\d)/gu, `$1${NBSP}$2`);
}

/** A day against today: `tänään`, `eilen`, `huomenna`, `3 päivää sitten`, `5 päivän päästä`; beyond a week the date. */
export function relativeDay(iso: IsoDate, today: IsoDate = isoDay(new Date())): string {
  if (!parts(iso)) return iso;
  const distance = daysBetween(today, iso);
  if (distance === 0) return m.day_today();
  if (distance === -1) return m.day_yesterday();
  if (distance === 1) return m.day_tomorrow();
  if (distance < 0 && distance >= -7) return m.days_ago({ count: -distance });
  if (distance > 0 && distance <= 7) return m.days_ahead({ count: distance });
  return date(iso);
}

/** Money from whole cents: `1234550` → `12 345,50 €`. */
export function money(cents: number): string {
  const whole = Math.trunc(Math.abs(cents) / 100);
  const rest = Math.abs(cents) % 100;
  const sign = cents < 0 ? MINUS : "";
  return `${sign}${grouped(String(whole))},${two(rest)}${NBSP}€`;
}

/** A number as Finland writes it: `12 345,5`. `digits` fixes the decimals. */
export function number(value: number, digits?: number): string {
  const text = digits === undefined ? String(Math.abs(value)) : Math.abs(value).toFixed(digits);
  const [whole = "0", fraction] = text.split(".");
  const sign = value < 0 && Number(text) !== 0 ? MINUS : "";
  return sign + grouped(whole) + (fraction ? `,${fraction}` : "");
}

/**
 * A count for a message with plural forms: chooses the form as the number it is, and is written with its thousands
 * parted. `m.selection_count({ count: count(12345) })` → `12 345 valittu`.
 */
export function count(value: number): { valueOf(): number; toString(): string } {
  return { valueOf: () => value, toString: () => number(value) };
}

/** A share of the whole, 0…1: `37 %`. */
export function percent(share: number): string {
  return `${number(Math.round(share * 100))}${NBSP}%`;
}

/** Bytes in the unit a person would use: `840 kt`, `1,4 Mt`. */
export function fileSize(bytes: number): string {
  if (bytes < 1_000_000) return `${number(Math.max(1, Math.round(bytes / 1000)))}${NBSP}${m.unit_kilobyte()}`;
  return `${number(Math.round(bytes / 100_000) / 10)}${NBSP}${m.unit_megabyte()}`;
}

/** ISO 8601 week: Monday first, week 1 holds 4 January. */
export function week(iso: IsoDate): { year: number; week: number } {
  const at = utc(iso);
  if (!at) return { year: 0, week: 0 };
  const thursday = new Date(at);
  thursday.setUTCDate(at.getUTCDate() + 4 - (at.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY + 1) / 7) };
}

/** The local calendar day of an instant. */
export function isoDay(at: Date): IsoDate {
  return `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Whole days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  const a = utc(from);
  const b = utc(to);
  return a && b ? Math.round((b.getTime() - a.getTime()) / DAY) : 0;
}

/**
 * Reads a day as people type it: `1.2.1980`, `01.02.1980`, `1/2/1980`, `1.2.80`, `010280`, `1980-02-01`.
 * A two-digit year is the last one that gives a day up to `latest`, the end of the tenth year from now unless it is
 * given. Returns null when it is no day.
 */
export function parseDate(text: string, latest: IsoDate = `${new Date().getFullYear() + 10}-12-31`): IsoDate | null {
  const clean = text.trim().replaceAll(/\s+/g, "");
  let found = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(clean);
  if (found) return checked(Number(found[1]), Number(found[2]), Number(found[3]));
  found = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})$/.exec(clean) ?? /^(\d{2})(\d{2})(\d{4}|\d{2})$/.exec(clean);
  if (!found) return null;
  const [day, month, year] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (found[3]?.length !== 2) return checked(year, month, day);
  const century = Math.floor(Number(latest.slice(0, 4)) / 100) * 100;
  const read = checked(century + year, month, day);
  return read !== null && read <= latest ? read : checked(century - 100 + year, month, day);
}

/** Sorts as Finland does, å ä ö last, numbers inside names by value. */
export function compare(a: string, b: string): number {
  return (collators[locale()] ??= new Intl.Collator(tag(), { numeric: true })).compare(a, b);
}

const collators: Partial<Record<string, Intl.Collator>> = {};
const DAY = 86_400_000;

function checked(year: number, month: number, day: number): IsoDate | null {
  const iso = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  return parts(iso) ? iso : null;
}

function utc(iso: IsoDate): Date | null {
  const d = parts(iso);
  return d ? new Date(Date.UTC(d.year, d.month - 1, d.day)) : null;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, NBSP);
}

/** English stays European in its order of day and month; Swedish is Finland's. */
function tag(language: Locale = locale()): string {
  return { fi: "fi-FI", sv: "sv-FI", en: "en-GB" }[language];
}
