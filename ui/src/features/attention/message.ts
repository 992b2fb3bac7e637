import { format, m, type Locale } from "../../i18n/index.js";
import type { FlatMessage, Span } from "../../platform/bindings.js";
import { clock, dayOf } from "../../words/bookings.js";

/** From when to when in the language of a letter: `to 22.10.2026 18.00–19.00`. */
function when({ start, end }: Span, locale: Locale): string {
  const day = (wall: string): string => `${format.weekday(dayOf(wall), "short", locale)} ${format.date(dayOf(wall))}`;
  return dayOf(start) === dayOf(end) ? `${day(start)} ${clock(start)}–${clock(end)}` : `${day(start)} ${clock(start)} – ${day(end)} ${clock(end)}`;
}

/** A message to a flat, ready to be sent, in the language of those who live there. */
export function messageText({ to, language, resource, about }: FlatMessage): string {
  const inLanguage = { locale: language };
  const paragraphs: string[] = [m.message_hello({ to: to || m.turn_house({}, inLanguage) }, inLanguage)];
  switch (about.code) {
    case "displaced": {
      const { span, alternatives } = about.params;
      paragraphs.push(m.message_displaced({ resource, when: when(span, language) }, inLanguage));
      if (alternatives.length === 0) paragraphs.push(m.message_no_alternatives({}, inLanguage));
      else paragraphs.push([m.message_alternatives({}, inLanguage), ...alternatives.map((one) => `– ${when(one, language)}`)].join("\n"), m.message_answer({}, inLanguage));
      break;
    }
    case "unheated": {
      const { span, turns, needed } = about.params;
      paragraphs.push(m.message_unheated({ resource, when: when(span, language), turns: String(turns), needed: String(needed) }, inLanguage), m.message_unheated_next({}, inLanguage));
    }
  }
  return paragraphs.join("\n\n");
}
