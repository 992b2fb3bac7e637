import Archive from "@lucide/svelte/icons/archive";
import CalendarX from "@lucide/svelte/icons/calendar-x";
import Cake from "@lucide/svelte/icons/cake";
import CircleHelp from "@lucide/svelte/icons/circle-question-mark";
import Euro from "@lucide/svelte/icons/euro";
import Flame from "@lucide/svelte/icons/flame";
import GitCompare from "@lucide/svelte/icons/git-compare-arrows";
import Hand from "@lucide/svelte/icons/hand";
import Hourglass from "@lucide/svelte/icons/hourglass";
import Repeat from "@lucide/svelte/icons/repeat";
import UserX from "@lucide/svelte/icons/user-x";
import type { IconType } from "../../components/icon.js";
import { format, m } from "../../i18n/index.js";
import type { AttentionItem_Serialize as AttentionItem } from "../../platform/bindings.js";
import { actionWords } from "../../words/actions.js";
import { dayOf, holderName, spanWords, wallMoment, weekTurn } from "../../words/bookings.js";

/** What a line of needs-attention says, and the page where the matter is looked at. */
export type Line = { icon: IconType; title: string; body: string; label: string; path: string; query: Record<string, string> };

/** A line in words. A kind without words does not compile. */
export function lineOf({ kind }: Pick<AttentionItem, "kind">): Line {
  const line = (icon: IconType, title: string, body: string, path: string, query: Record<string, string> = {}, label = m.attention_open()): Line => ({ icon, title, body, label, path, query });
  switch (kind.code) {
    case "without_reason":
      return line(CircleHelp, m.attention_without_reason({ count: format.count(kind.params.count) }), m.attention_without_reason_body(), "/contacts", { without: "reason" }, m.attention_look());
    case "retention_due":
      return line(Hourglass, m.attention_retention({ count: format.count(kind.params.count) }), m.attention_retention_body({ day: format.date(kind.params.since) }), "/contacts", { without: "retention" }, m.attention_look());
    case "deceased_in_roles":
      return kind.params.count === 1
        ? line(UserX, m.attention_deceased_one({ name: kind.params.name }), m.attention_deceased_body(), `/contacts/${kind.params.contact}`)
        : line(UserX, m.attention_deceased({ count: format.count(kind.params.count) }), m.attention_deceased_body(), "/contacts", { state: "deceased" }, m.attention_look());
    case "round_birthday":
      return line(Cake, m.attention_birthday({ name: kind.params.name, age: String(kind.params.age) }), format.relativeDay(kind.params.day), `/contacts/${kind.params.contact}`);
    case "booking_displaced": {
      const { resource, name, who, start } = kind.params;
      return line(CalendarX, m.attention_displaced({ name, who: holderName(who) }), m.attention_displaced_body({ when: wallMoment(start) }), `/bookings/${resource}`, { day: dayOf(start) }, m.attention_look());
    }
    case "turn_to_offer": {
      const { resource, name, who, start } = kind.params;
      return line(Hand, m.attention_turn_to_offer({ name, who: holderName(who) }), m.attention_turn_to_offer_body({ when: wallMoment(start) }), `/bookings/${resource}`, { day: dayOf(start) }, m.attention_look());
    }
    case "offer_runs": {
      const { resource, name, who, start, until } = kind.params;
      return line(Hand, m.attention_offer_runs({ name, who: holderName(who) }), m.attention_offer_runs_body({ when: wallMoment(start), until: wallMoment(until) }), `/bookings/${resource}`, { day: dayOf(start) }, m.attention_look());
    }
    case "unheated": {
      const { resource, name, span, turns, needed, flats } = kind.params;
      return line(Flame, m.attention_unheated({ name, when: spanWords(span) }), m.attention_unheated_body({ turns: format.number(turns), needed: format.number(needed), flats: flats.join(", ") }), `/bookings/${resource}`, { day: dayOf(span.start) }, m.attention_look());
    }
    case "shift_without_resident": {
      const { resource, name, flat, weekday, from, to, left } = kind.params;
      return line(Repeat, m.attention_shift_without_resident({ flat: name }), m.attention_shift_without_resident_body({ resource, turn: weekTurn(weekday, from, to), left: format.date(left) }), `/flats/${flat}`, {}, m.attention_look());
    }
    case "booking_without_resident": {
      const { resource, name, flat, start, left } = kind.params;
      return line(CalendarX, m.attention_booking_without_resident({ flat }), m.attention_booking_without_resident_body({ name, when: wallMoment(start), left: format.date(left) }), `/bookings/${resource}`, { day: dayOf(start) }, m.attention_look());
    }
    case "charges_unpaid": {
      const { month, due_on, count, cents } = kind.params;
      return line(Euro, m.attention_unpaid({ count: format.count(count), month: format.monthAndYear(month) }), m.attention_unpaid_body({ total: format.money(cents), due: format.date(due_on) }), "/bookings/charges", { month: month.slice(0, 7) }, m.attention_look());
    }
    case "backup_old":
      return line(Archive, m.attention_backup(), kind.params.newest ? m.attention_backup_newest({ when: format.moment(kind.params.newest) }) : m.attention_backup_none(), "/settings", { tab: "backups" });
    case "backup_failing": {
      const { folder, since } = kind.params;
      const when = format.moment(since);
      return line(Archive, folder ? m.attention_backup_folder() : m.state_backup_failing(), folder ? m.attention_backup_folder_body({ folder, when }) : m.backups_here_failing({ when }), "/settings", { tab: "backups" });
    }
    case "conflict": {
      const { how, name, later, table, subject } = kind.params;
      const title = name ? m.attention_conflict({ name }) : m.attention_conflict_plain();
      const body = { edited: () => m.attention_conflict_body({ author: later.author || m.conflict_somebody() }), deleted: () => m.attention_conflict_deleted(), parent_gone: () => m.attention_conflict_parent() }[how]();
      const path = how !== "edited" ? "/history" : pageOf(table, subject);
      return line(GitCompare, title, body, path, {}, m.attention_look());
    }
    case "withdrawn": {
      const { by } = kind.params;
      return line(GitCompare, m.attention_withdrawn({ what: actionWords(by.action) }), m.attention_withdrawn_body({ author: by.author || m.conflict_somebody(), when: format.moment(by.at) }), "/history", {}, m.attention_look());
    }
  }
}

/** Where a record is looked at. */
function pageOf(table: string, subject: string | null): string {
  if (subject === null) return "/history";
  if (["contact", "contact_point", "stakeholder_role", "group_member", "custom_value"].includes(table)) return `/contacts/${subject}`;
  if (table === "flat") return `/flats/${subject}`;
  if (table === "resource") return `/bookings/${subject}`;
  return "/history";
}
