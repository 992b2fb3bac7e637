import { expect, it } from "vitest";
import type { Resource_Serialize as Resource } from "../../../platform/bindings.js";
import { usualCharging } from "../prices/price-words.js";
import { deadlineWords, presetWords, quotaWords, sentences } from "./sentences.js";

const evening = [{ from: 960, to: 1320 }];
/** The sauna of a preset: Wednesday to Saturday 16–22, turns of an hour. */
function sauna(change: (resource: Resource) => void = () => {}): Resource {
  const resource: Resource = {
    id: "r", kind: "sauna", name: "Talosauna", place: "", capacity: null, key_note: "", deposit_cents: 0, retired: false, common_turns: [],
    timetable: [{ name: "", part: null, weekdays: [[], [], evening, evening, evening, evening, []], public_holidays: { on: "as_weekday" }, eves: ["midsummer_eve"], eve_hours: { on: "as_weekday" }, turns: { by: "fixed", minutes: 60, buffer: 0 } }],
    limits: { days_ahead: 14, minutes_ahead: null, quotas: [{ per: "open", unit: "bookings", most: 1 }], consecutive: null, same_day_extra: true, cancel: null, change: null, standing_per_flat: 1, heating: null, charging: usualCharging(), offer_minutes: null },
  };
  change(resource);
  return resource;
}

it("tells the usual rules of a kind in one line", () => {
  expect(presetWords(sauna())).toBe("1 t vuoroissa, ke–la 16.00–22.00, yksi vakiovuoro huoneistoa kohti, varattavissa 14 päivää ennakkoon");
});

it("reads back what is set and says nothing of what is not", () => {
  expect(sentences(sauna())).toEqual({
    hours: ["Auki ke–la 16.00–22.00."],
    turns: ["Varataan 1 t vuoroissa."],
    limits: [
      "Varata voi aikaisintaan 14 päivää ennen.", "Huoneistolla saa olla yksi avoin varaus kerrallaan.", "Päivän vapaan vuoron saa ottaa kiintiön lisäksi.",
      "Yksi vakiovuoro huoneistoa kohti.",
    ],
    other: [],
  });
});

it("reads back seasons, holidays, common turns and the rest", () => {
  const said = sentences(
    sauna((resource) => {
      const usual = resource.timetable[0]!;
      resource.timetable.unshift({ ...usual, name: "Kesäaikataulu", part: { from: { month: 6, day: 1 }, to: { month: 8, day: 31 } }, weekdays: [[], [], [], evening, [], [], []] });
      usual.public_holidays = { on: "closed" };
      usual.eve_hours = { on: "own", hours: [{ from: 720, to: 1020 }] };
      usual.turns = { by: "fixed", minutes: 40, buffer: 20 };
      resource.common_turns = [{ weekday: 3, from: 1080, to: 1200, audience: "women", valid: { from: null, to: "2026-12-31" } }];
      resource.capacity = 6;
      resource.deposit_cents = 5000;
      resource.limits.heating = { turns: 3, minutes_ahead: 240 };
      resource.limits.offer_minutes = 1440;
    }),
  );
  expect(said.hours).toEqual(["Auki ke–la 16.00–22.00.", "Pyhäpäivinä suljettu.", "Aattoina (juhannus\u00adaatto) auki 12.00–17.00.", "Kesäaikataulu 1.6.–31.8.: to 16.00–22.00.", "Varataan 1 t vuoroissa."]);
  expect(said.turns).toEqual(["Varataan 40 min vuoroissa.", "Vuorojen välissä on 20 min taukoa.", "Yhteinen vuoro: torstai 18.00–20.00, naiset. Päättyy 31.12.2026."]);
  expect(said.limits.at(-1)).toBe("Kun varattu vuoro vapautuu, jonossa seuraavalla on vastausaikaa 1 pv.");
  expect(said.limits.at(-2)).toBe("Kiuas lämmitetään, kun peräkkäisiä vuoroja on vähintään 3; se ratkaistaan 4 t ennen.");
  expect(said.other).toEqual(["Enintään 6 henkilöä.", "Takuumaksu 50,00\u00a0€."]);
});

it("tells a deadline by an example, into the day before", () => {
  const cancel = (minutes: number) => deadlineWords(sauna((resource) => (resource.limits.cancel = { minutes, office: null })), "cancel");
  expect(cancel(1440)).toBe("Peruttava viimeistään 1 pv ennen alkua. Esimerkiksi la klo 18.00 alkava viimeistään pe klo 18.00.");
  expect(cancel(120)).toBe("Peruttava viimeistään 2 t ennen alkua. Esimerkiksi la klo 18.00 alkava viimeistään la klo 16.00.");
  expect(cancel(0)).toBe("Perua voi alkuun asti.");
  const office = sauna((resource) => (resource.limits.change = { minutes: 60, office: { weekdays: [true, true, true, true, true, false, false], from: 540, to: 900 } }));
  expect(deadlineWords(office, "change")).toContain("Ilmoitus otetaan vastaan ma–pe 9.00–15.00; muulloin tullut lasketaan seuraavaan aukioloon.");
});

it("tells quotas of every period, by count and by time", () => {
  expect(quotaWords({ per: "week", unit: "bookings", most: 2 })).toBe("Huoneisto saa enintään 2 varausta viikossa.");
  expect(quotaWords({ per: "week", unit: "bookings", most: 1 })).toBe("Huoneisto saa enintään 1 varauksen viikossa.");
  expect(quotaWords({ per: "month", unit: "minutes", most: 180 })).toBe("Huoneisto saa enintään 3 t kuukaudessa.");
  expect(quotaWords({ per: "week", unit: "bookings", most: 2 }, false)).toBe("Yksi varaaja saa enintään 2 varausta viikossa.");
  expect(sentences(sauna(), false).limits).toContain("Yhdellä varaajalla saa olla yksi avoin varaus kerrallaan.");
  expect(quotaWords({ per: "open", unit: "minutes", most: 90 })).toBe("Huoneistolla saa olla avoimia varauksia enintään 1 t 30 min.");
});
