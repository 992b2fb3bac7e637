import { format, m } from "../i18n/index.js";
import type { Action_Serialize as Action, HolderName, Letter, PaperKind } from "../platform/bindings.js";
import { holderName, wallMoment } from "./bookings.js";

const printedWords: Record<PaperKind, (inputs: { what: string }) => string> = {
  door_list: m.did_paper_print_door_list, instructions: m.did_paper_print_instructions, notice: m.did_paper_print_notice, agreement: m.did_paper_print_agreement,
};

const letterWords: Record<Letter, () => string> = { instructions: m.paper_instructions, notice: m.paper_notice, agreement: m.paper_agreement };

/** What was done by a line of the history; an undo says what it took back. */
export function lineWords({ action, undoes }: { action: Action; undoes: Action | null }): string {
  if (!undoes) return actionWords(action);
  return undoes.code === "undo" ? m.did_redo() : m.did_undo_of({ what: actionWords(undoes) });
}

/** What was done, as the history says it. A code without a sentence does not compile. */
export function actionWords(action: Action): string {
  switch (action.code) {
    case "organisation_create": return m.did_organisation_create({ name: action.params.name });
    case "organisation_edit": return m.did_organisation_edit();
    case "profile_edit": return m.did_profile_edit({ name: action.params.name });
    case "flats_create": return m.did_flats_create({ count: format.count(action.params.count) });
    case "flat_edit": return m.did_flat_edit({ name: action.params.name });
    case "flat_delete": return m.did_flat_delete({ name: action.params.name });
    case "house_edit": return m.did_house_edit({ building: action.params.building });
    case "contact_create": return m.did_contact_create({ name: person(action.params.name) });
    case "contact_edit": return m.did_contact_edit({ name: person(action.params.name) });
    case "contacts_delete": return action.params.name == null ? m.did_contacts_delete({ count: format.count(action.params.count) }) : m.did_contact_delete({ name: action.params.name });
    case "roles_edit": return action.params.name == null ? m.did_roles_edit({ count: format.count(action.params.count) }) : m.did_role_edit({ name: action.params.name });
    case "group_add": return m.did_group_add({ count: format.count(action.params.count), group: action.params.group });
    case "group_remove": return m.did_group_remove({ count: format.count(action.params.count), group: action.params.group });
    case "group_edit": return m.did_group_edit({ group: action.params.group });
    case "group_delete": return m.did_group_delete({ group: action.params.group });
    case "household_edit": return m.did_household_edit({ count: format.count(action.params.count) });
    case "vocabulary_edit": return m.did_vocabulary_edit({ name: action.params.name });
    case "vocabulary_delete": return m.did_vocabulary_delete({ name: action.params.name });
    case "custom_field_edit": return m.did_custom_field_edit({ name: action.params.name });
    case "custom_field_delete": return m.did_custom_field_delete({ name: action.params.name });
    case "view_save": return m.did_view_save({ name: action.params.name });
    case "view_delete": return m.did_view_delete({ name: action.params.name });
    case "import": return m.did_import({ file: action.params.file, created: format.number(action.params.created), updated: format.number(action.params.updated) });
    case "contact_view": return m.did_contact_view();
    case "contacts_release": return action.params.name == null ? m.did_contacts_release({ count: format.count(action.params.count) }) : m.did_contact_release({ name: action.params.name });
    case "contacts_export": return (action.params.released > 0 ? m.did_contacts_export_released : m.did_contacts_export)({ count: format.count(action.params.count) });
    case "history_export": return m.did_history_export();
    case "attention_settle": return m.did_attention_settle();
    case "resource_save": return m.did_resource_save({ name: action.params.name });
    case "resource_delete": return m.did_resource_delete({ name: action.params.name });
    case "prices_save": return m.did_prices_save(action.params);
    case "charge_settings_save": return m.did_charge_settings_save();
    case "charges_close": return m.did_charges_close({ month: format.monthAndYear(action.params.month) });
    case "charges_paid": {
      const { who, paid } = action.params;
      const month = format.monthAndYear(action.params.month);
      if (who) return (paid ? m.did_charges_paid_one : m.did_charges_not_paid_one)({ who, month });
      return (paid ? m.did_charges_paid : m.did_charges_not_paid)({ count: format.count(action.params.count), month });
    }
    case "charges_export": return m.did_charges_export({ month: format.monthAndYear(action.params.month) });
    case "booking_create": return m.did_booking_create(bookingWords(action.params));
    case "booking_move": return m.did_booking_move(bookingWords(action.params));
    case "booking_cancel": return m.did_booking_cancel(bookingWords(action.params));
    case "waiting_add": return m.did_waiting_add(bookingWords(action.params));
    case "waiting_remove": return m.did_waiting_remove(bookingWords(action.params));
    case "waiting_offer": return m.did_waiting_offer(bookingWords(action.params));
    case "waiting_pass": return m.did_waiting_pass(bookingWords(action.params));
    case "waiting_decline": return m.did_waiting_decline(bookingWords(action.params));
    case "booking_mark": return (action.params.came ? m.did_booking_came : m.did_booking_no_show)(bookingWords(action.params));
    case "shift_save": return m.did_shift_save({ resource: action.params.resource, flat: action.params.flat });
    case "shift_skip": return m.did_shift_skip({ ...action.params, day: format.date(action.params.day) });
    case "shift_return": return m.did_shift_return({ ...action.params, day: format.date(action.params.day) });
    case "shift_pause": return m.did_shift_pause({ ...action.params, from: format.date(action.params.from) });
    case "shift_resume": return m.did_shift_resume(action.params);
    case "shift_transfer": return m.did_shift_transfer({ ...action.params, day: format.date(action.params.day) });
    case "shift_swap": return m.did_shift_swap({ ...action.params, day: format.date(action.params.day) });
    case "shifts_import": return m.did_shifts_import({ file: action.params.file, count: format.count(action.params.count) });
    case "draw_apply": return m.did_draw_apply(action.params);
    case "shifts_draw": return m.did_shifts_draw({ count: format.count(action.params.count), seed: String(action.params.seed) });
    case "shifts_end": return m.did_shifts_end({ flat: action.params.flat, last: format.date(action.params.last) });
    case "blackout_save": return m.did_blackout_save({ resource: action.params.resource });
    case "blackout_delete": return m.did_blackout_delete({ resource: action.params.resource });
    case "calendar_import": return m.did_calendar_import({ ...action.params, created: format.number(action.params.created), updated: format.number(action.params.updated), removed: format.number(action.params.removed) });
    case "calendar_export": {
      const what = [action.params.resource, action.params.flat].filter(Boolean).join(", ");
      return what ? m.did_calendar_export({ what }) : m.did_calendar_export_all();
    }
    case "paper_print": return printedWords[action.params.paper]({ what: action.params.what || m.paper_all_spaces() });
    case "paper_settings_save": return m.did_paper_settings_save();
    case "paper_text_save": return m.did_paper_text_save({ letter: letterWords[action.params.letter]() });
    case "marks_save": return m.did_marks_save({ resource: action.params.resource, count: format.count(action.params.count) });
    case "withdraw": return m.did_withdraw();
    case "conflict_take": return m.did_conflict_take({ name: person(action.params.name) });
    case "backup_restore": return m.did_backup_restore({ when: format.moment(action.params.made_at) });
    case "undo": return m.did_undo();
  }
}

/** Of who was erased for good the history keeps no name. */
const person = (name: string): string => name || m.did_to_erased();

function bookingWords({ resource, who, start }: { resource: string; who: HolderName; start: string }): { resource: string; who: string; when: string } {
  return { resource, who: holderName(who), when: wallMoment(start) };
}
