import { format, m } from "../i18n/index.js";
import type { Charge, ChargeKind } from "../platform/bindings.js";
import { spanWords } from "./bookings.js";

/** What is charged for. */
export const chargeKindNames: Record<ChargeKind, () => string> = {
  booking: m.charge_booking,
  late_cancellation: m.charge_late_cancellation,
  no_show: m.charge_no_show,
  month: m.charge_month,
  out_of_use: m.charge_out_of_use,
  yielded: m.charge_yielded,
  paused: m.charge_paused,
};

/** What a line is for; of what is given back, of how many turns: `hyvitys, tila poissa käytöstä (1/4 vuoroa)`. */
export function chargeWhat({ kind, turns: [count, of] }: Pick<Charge, "kind" | "turns">): string {
  const given = kind === "out_of_use" || kind === "yielded" || kind === "paused";
  return given ? m.charge_turns({ what: chargeKindNames[kind](), count: format.number(count), of: format.number(of) }) : chargeKindNames[kind]();
}

/** When: the time of a booking, or the days of a month of a standing shift. */
export const chargeWhen = ({ span }: Pick<Charge, "span">): string => spanWords(span);

/** A VAT rate in tenths of a percent as a line says it: `alv 25,5 %`. */
export const vatWordsOf = (tenths: number): string => m.charge_vat({ rate: format.number(tenths / 10) });
