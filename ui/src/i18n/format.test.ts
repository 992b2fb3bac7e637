import { afterEach, describe, expect, it } from "vitest";
import { m } from "../paraglide/messages.js";
import * as format from "./format.js";
import { setLocale, startLocale } from "./locale.svelte.js";

const N = "\u00a0";
afterEach(() => startLocale("fi"));

describe("dates and times", () => {
  it.each([["2026-12-24", "24.12.2026"], ["1980-02-01", "1.2.1980"], ["2026-02-31", "2026-02-31"], ["", ""]])("date %s is %s", (iso, shown) => expect(format.date(iso)).toBe(shown));
  it.each([["18:00", "18.00"], ["08:05:30", "8.05"], [new Date(2026, 0, 1, 9, 3), "9.03"]])("time %s is %s", (at, shown) => expect(format.time(at)).toBe(shown));
  it("writes a day in words for titles, in each language", () => {
    expect(format.dateInWords("2026-10-22")).toBe(`torstai 22.${N}lokakuuta`);
    setLocale("sv");
    expect(format.dateInWords("2026-10-22")).toBe(`torsdag 22${N}oktober`);
    setLocale("en");
    expect(format.dateInWords("2026-10-22")).toBe(`Thursday 22${N}October`);
  });
  it("names the weekday shortly before a date", () => expect(format.dateWithWeekday("2026-10-22")).toBe(`to${N}22.10.2026`));
  it.each([
    ["2026-03-15", "tänään"], ["2026-03-14", "eilen"], ["2026-03-16", "huomenna"], ["2026-03-12", "3 päivää sitten"], ["2026-03-20", "5 päivän päästä"], ["2026-03-01", "1.3.2026"], ["2026-04-30", "30.4.2026"],
  ])("%s seen on 15.3.2026 is %s", (day, shown) => expect(format.relativeDay(day, "2026-03-15")).toBe(shown));
  it("counts days across the change to summer time", () => expect(format.daysBetween("2026-03-28", "2026-03-30")).toBe(2));
  it("tells an instant by the clock today and yesterday, by the date before", () => {
    const now = new Date(2026, 9, 22, 12, 0);
    expect(format.moment(new Date(2026, 9, 22, 9, 41), now)).toBe(`tänään${N}9.41`);
    expect(format.moment(new Date(2026, 9, 21, 21, 4), now)).toBe(`eilen${N}21.04`);
    expect(format.moment(new Date(2026, 9, 2, 8, 0), now)).toBe("2.10.2026");
    expect(format.momentInFull(new Date(2026, 9, 2, 8, 5))).toBe(`2.10.2026 klo${N}8.05`);
  });
  it.each([["2026-01-01", 2026, 1], ["2027-01-01", 2026, 53], ["2024-12-30", 2025, 1], ["2026-10-22", 2026, 43]])("%s is in week %s/%s", (day, year, week) => expect(format.week(day)).toEqual({ year, week }));
});

describe("typed days", () => {
  const latest = "2036-12-31";
  it.each([
    ["1.2.1980", "1980-02-01"], ["01.02.1980", "1980-02-01"], [" 1. 2. 1980 ", "1980-02-01"], ["1/2/1980", "1980-02-01"], ["1980-02-01", "1980-02-01"], ["010280", "1980-02-01"], ["01021980", "1980-02-01"],
    ["1.2.36", "2036-02-01"], ["1.2.37", "1937-02-01"], ["29.2.2024", "2024-02-29"],
    ["29.2.2026", null], ["31.9.2026", null], ["32.1.2026", null], ["eilen", null], ["", null], ["1.2.", null],
  ])("%s is read as %s", (typed, day) => expect(format.parseDate(typed, latest)).toBe(day));
  it.each([["1.2.36", "1936-02-01"], ["24.11.26", "2026-11-24"], ["25.11.26", "1926-11-25"], ["251126", "1926-11-25"], ["1.2.2036", "2036-02-01"]])("%s as a birth date is %s", (typed, day) => expect(format.parseDate(typed, "2026-11-24")).toBe(day));
});

describe("numbers", () => {
  it.each([[1250, `12,50${N}€`], [1234550, `12${N}345,50${N}€`], [-5, `−0,05${N}€`], [0, `0,00${N}€`], [100_000_000_00, `100${N}000${N}000,00${N}€`]])("%s cents are %s", (cents, shown) => expect(format.money(cents)).toBe(shown));
  it.each([[12345.5, undefined, `12${N}345,5`], [1000, undefined, `1${N}000`], [999, undefined, "999"], [-0.04, 1, "0,0"], [2, 2, "2,00"]])("%s is %s", (value, digits, shown) => expect(format.number(value, digits)).toBe(shown));
  it.each([[840_000, `840${N}kt`], [1_440_000, `1,4${N}Mt`], [12, `1${N}kt`]])("%s bytes are %s", (bytes, shown) => expect(format.fileSize(bytes)).toBe(shown));
  it("chooses the plural form and parts the thousands", () => {
    expect(m.days_ago({ count: format.count(1) })).toBe("1 päivä sitten");
    expect(m.days_ago({ count: format.count(12345) })).toBe(`12${N}345 päivää sitten`);
    setLocale("sv");
    expect(m.days_ago({ count: format.count(1) })).toBe("för 1 dag sedan");
  });
});

it("sorts å ä ö last and numbers by value", () => {
  expect(["Öhman", "Zetterberg", "Åkerlund", "Äijälä", "A 12", "A 2"].sort(format.compare)).toEqual(["A 2", "A 12", "Zetterberg", "Åkerlund", "Äijälä", "Öhman"]);
});
