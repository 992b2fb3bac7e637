import { format, m } from "../../../i18n/index.js";
import type { Charging_Serialize as Charging, Fee, PartialMonth, Price_Serialize as Price, PriceFor, PriceUnit, Turns } from "../../../platform/bindings.js";
import { NEW_ID } from "../../../api/index.js";
import { lengthWords, minuteWords, weekdayShort } from "../rule-words.js";
import { writeMonthDay } from "../typed.js";

export const unitNames: Record<PriceUnit, () => string> = { turn: m.price_unit_turn, hour: m.price_unit_hour, night: m.price_unit_night, month: m.price_unit_month };
export const whomNames: Record<PriceFor, () => string> = { everyone: m.price_for_everyone, residents: m.price_for_residents, outsiders: m.price_for_outsiders };
export const partialNames: Record<PartialMonth, () => string> = { full: m.charging_partial_full, half: m.charging_partial_half, by_days: m.charging_partial_days };

/** A rate in tenths of a percent: `25,5 %`. */
export const vatWords = (tenths: number): string => `${format.number(tenths / 10)}\u00a0%`;

/** Weekdays in as few words as it takes: `ke–la`, `ma, la–su`. */
export function weekdaysWords(weekdays: readonly boolean[]): string {
  const parts: string[] = [];
  for (let first = 0; first < 7; first += 1) {
    if (!weekdays[first]) continue;
    let last = first;
    while (weekdays[last + 1]) last += 1;
    parts.push(last === first ? weekdayShort(first) : `${weekdayShort(first)}–${weekdayShort(last)}`);
    first = last;
  }
  return parts.join(", ");
}

/** When and for whom a line of a price list holds; nothing where it always does. */
export function priceWhen({ weekdays, from, to, part, longest, price_for, valid }: Price): string[] {
  const { from: first, to: last } = valid;
  const held = first && last ? m.price_valid_between({ from: format.date(first), to: format.date(last) }) : first ? m.price_valid_from({ from: format.date(first) }) : last ? m.price_valid_to({ to: format.date(last) }) : null;
  return [
    price_for === "everyone" ? null : whomNames[price_for](),
    weekdays.every(Boolean) ? null : weekdaysWords(weekdays),
    from === 0 && to === 1440 ? null : m.price_starting({ from: minuteWords(from), to: minuteWords(to) }),
    longest === null ? null : m.price_at_most({ length: lengthWords(longest) }),
    part === null ? null : `${writeMonthDay(part.from)}–${writeMonthDay(part.to)}`,
    held,
  ].filter((one) => one !== null);
}

/** A line of a price list as it is read: `12,50 € vuorolta (alv 25,5 %), ke–la`. */
export function priceWords(price: Price): string {
  const amount = m.price_read({ amount: format.money(price.cents), unit: unitNames[price.unit]().toLocaleLowerCase(), vat: vatWords(price.vat_tenths) });
  return [amount, ...priceWhen(price)].join(", ");
}

/** What a fee comes to: `50 % varauksen hinnasta`, `5,00 €`. */
export function feeWords(fee: Fee): string {
  if (fee.by === "amount") return format.money(fee.cents);
  return fee.percent === 0 ? m.fee_nothing() : fee.percent === 100 ? m.fee_whole() : m.fee_share({ percent: format.percent(fee.percent / 100) });
}

/** What a line of a price list usually is for, in a space that is taken so. */
export const usualUnit = (turns: Turns | null | undefined): PriceUnit => (turns?.by === "nights" ? "night" : turns?.by === "free" ? "hour" : "turn");

/** A line that costs nothing yet and always holds. */
export const newPrice = (resource: string, unit: PriceUnit, vatTenths: number): Price => ({
  id: NEW_ID, resource, valid: { from: null, to: null }, part: null, weekdays: [true, true, true, true, true, true, true], from: 0, to: 1440,
  longest: null, price_for: "everyone", unit, cents: 0, vat_tenths: vatTenths,
});

export const usualCharging = (): Charging => ({ partial_month: "by_days", late_cancel: { by: "percent", percent: 100 }, no_show: { by: "percent", percent: 100 } });
