import { format, m, type Locale } from "../i18n/index.js";
import type { FlatMessage, Span } from "../platform/bindings.js";
import { clock, dayOf } from "./bookings.js";

/** A time on the wall in the language of a letter: `to 22.10.2026 18.00`. */
const moment = (wall: string, locale: Locale): string => `${format.weekday(dayOf(wall), "short", locale)} ${format.date(dayOf(wall))} ${clock(wall)}`;

/** From when to when in the language of a letter: `to 22.10.2026 18.00–19.00`. */
const when = ({ start, end }: Span, locale: Locale): string => (dayOf(start) === dayOf(end) ? `${moment(start, locale)}–${clock(end)}` : `${moment(start, locale)} – ${moment(end, locale)}`);

/** A message with its receiver, as it is shown to be copied. */
export const copied = (message: FlatMessage): { to: string; text: string } => ({ to: message.to || m.turn_house(), text: messageText(message) });

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
    case "offered": {
      const { span, until } = about.params;
      paragraphs.push(m.message_offered({ resource, when: when(span, language) }, inLanguage), m.message_offered_answer({ until: moment(until, language) }, inLanguage));
      break;
    }
    case "unheated": {
      const { span, turns, needed } = about.params;
      paragraphs.push(m.message_unheated({ resource, when: when(span, language), turns: String(turns), needed: String(needed) }, inLanguage), m.message_unheated_next({}, inLanguage));
    }
  }
  return paragraphs.join("\n\n");
}
