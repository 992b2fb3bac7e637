import { m } from "../i18n/index.js";
import type { MarkFault, MarkMeaning, MarkReading } from "../platform/bindings.js";
import { spanWords, wallMoment } from "./bookings.js";

const meanings: Record<MarkMeaning, (inputs: { when: string; who: string }) => string> = { used: m.mark_used, no_show: m.mark_no_show, booked: m.mark_booked };

/** What a line means: `ke 25.11.2026 18.00–19.00, A 5: ei käytetty`. */
export function readingWords({ span, flat, meaning }: MarkReading): string {
  if (!span || !meaning) return "";
  return meanings[meaning]({ when: spanWords(span), who: flat || m.mark_no_flat() });
}

/** Why a line cannot be taken down, with what to do. A fault without a sentence does not compile. */
export function faultWords(fault: MarkFault, code: string): string {
  switch (fault.code) {
    case "unreadable": return m.mark_fault_unreadable();
    case "code_unknown": return m.mark_fault_code_unknown();
    case "turn_gone": return m.mark_fault_turn_gone({ code, when: wallMoment(fault.params.start) });
    case "nobody_has_it": return m.mark_fault_nobody_has_it();
    case "to_come": return m.mark_fault_to_come();
    case "flat_unknown": return m.mark_fault_flat_unknown({ name: fault.params.name });
    case "somebody_has_it": return m.mark_fault_somebody_has_it({ who: fault.params.flat || m.mark_no_flat() });
    case "hours_missing": return m.mark_fault_hours_missing({ code });
  }
}
