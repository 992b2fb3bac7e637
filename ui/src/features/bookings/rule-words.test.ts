import { expect, it } from "vitest";
import type { Hours } from "../../platform/bindings.js";
import { lengthWords, turnsWords, weekHoursWords } from "./rule-words.js";

const evening: Hours[] = [{ from: 960, to: 1320 }];
type Week = [Hours[], Hours[], Hours[], Hours[], Hours[], Hours[], Hours[]];

it("says the hours of a week in as few words as it takes", () => {
  const week: Week = [[], [], evening, evening, evening, [{ from: 840, to: 1320 }], []];
  expect(weekHoursWords(week)).toBe("ke–pe 16.00–22.00; la 14.00–22.00");
  expect(weekHoursWords([evening, evening, evening, evening, evening, evening, evening])).toBe("joka päivä 16.00–22.00");
  expect(weekHoursWords([[], [], [], [], [], [], []])).toBe("ei auki");
  const split: Hours[] = [{ from: 480, to: 720 }, { from: 960, to: 1500 }];
  expect(weekHoursWords([split, [], [], [], [], [], split])).toBe("ma 8.00–12.00, 16.00–1.00; su 8.00–12.00, 16.00–1.00");
});

it("says lengths and turns", () => {
  expect([45, 60, 90, 180].map(lengthWords)).toEqual(["45 min", "1 t", "1 t 30 min", "3 t"]);
  expect(turnsWords({ by: "fixed", minutes: 60, buffer: 0 })).toBe("1 t vuoroissa");
  expect(turnsWords({ by: "free", step: 30, least: 60, most: 720, buffer: 0 })).toBe("vapaa aika 1 t – 12 t");
  expect(turnsWords({ by: "nights", arrive: 900, leave: 720, least: 1, most: 7 })).toBe("öittäin, tulo 15.00 ja lähtö 12.00");
});
