import { m } from "../../i18n/index.js";
import type { Note, Notice, Reason, RowProblem, Target, ValueProblem } from "../../platform/bindings.js";
import { fieldName } from "../../words/fields.js";

type Code = ValueProblem["code"] | RowProblem["code"];

/** Why a value or row is left out. A code without a sentence does not compile. */
const reasons: Record<Exclude<Code, "number_taken">, () => string> = {
  error_cell: () => m.reason_error_cell(), phone_no_digits: () => m.reason_phone_no_digits(), phone_too_short: () => m.reason_phone_too_short(),
  phone_too_long: () => m.reason_phone_too_long(), phone_rounded: () => m.reason_phone_rounded(), phone_not_in_plan: () => m.reason_phone_not_in_plan(),
  email_no_at: () => m.reason_email_no_at(), email_malformed: () => m.reason_email_malformed(), date_unreadable: () => m.reason_date_unreadable(),
  date_without_year: () => m.reason_date_without_year(), date_impossible: () => m.reason_date_impossible(), date_in_future: () => m.reason_date_in_future(),
  postal_code_unreadable: () => m.reason_postal_code_unreadable(), boolean_unreadable: () => m.reason_boolean_unreadable(),
  identity_code_malformed: () => m.reason_identity_code_malformed(), business_id_malformed: () => m.reason_business_id_malformed(),
  business_id_check_digit: () => m.reason_business_id_check_digit(), name_missing: () => m.reason_name_missing(), name_unreadable: () => m.reason_name_unreadable(), too_many_people: () => m.reason_too_many_people(), role_unknown: () => m.reason_role_unknown(),
  ambiguous: () => m.reason_ambiguous(), number_unreadable: () => m.reason_number_unreadable(),
  choice_unknown: () => m.reason_choice_unknown(), language_unknown: () => m.reason_language_unknown(),
  role_ends_before_start: () => m.reason_role_ends_before_start(),
};

export function reasonWords(reason: Reason): string {
  if (reason.code === "number_taken") return m.reason_number_taken({ name: reason.params.name });
  return reasons[reason.code]();
}

/** What one press can put in place of a value, where the reason knows. */
export function suggestionOf(reason: Reason): string | null {
  return reason.code === "date_impossible" ? reason.params.suggestion : null;
}

const notes: Record<Note["code"], () => string> = {
  leading_zero_restored: () => m.note_leading_zero_restored(), country_code_assumed: () => m.note_country_code_assumed(), unusually_short: () => m.note_unusually_short(),
  several_values: () => m.note_several_values(), words_removed: () => m.note_words_removed(), part_left_out: () => m.note_part_left_out(),
  display_name_removed: () => m.note_display_name_removed(), at_sign_restored: () => m.note_at_sign_restored(), punctuation_removed: () => m.note_punctuation_removed(),
  possible_typo: () => m.note_possible_typo(), century_chosen: () => m.note_century_chosen(), day_serial: () => m.note_day_serial(), time_removed: () => m.note_time_removed(),
  very_old: () => m.note_very_old(), case_corrected: () => m.note_case_corrected(), city_split: () => m.note_city_split(), flat_split: () => m.note_flat_split(),
  domain_without_dot: () => m.note_domain_without_dot(), foreign_postal_code: () => m.note_foreign_postal_code(), two_persons: () => m.note_two_persons(), organisation_name: () => m.note_organisation_name(),
  only_birth_date: () => m.note_only_birth_date(), check_character_wrong: () => m.note_check_character_wrong(),
  placeholder: () => m.note_placeholder(), from_above: () => m.note_from_above(), from_below: () => m.note_from_below(),
  moved_to_notes: () => m.note_moved_to_notes(), year_only: () => m.note_year_only(),
};

export function noteWords(note: Note): string {
  return notes[note.code]();
}

const notices: Record<Notice["code"], () => string> = {
  double_encoding: () => m.notice_double_encoding(), mixed_encoding: () => m.notice_mixed_encoding(), encoding: () => m.notice_encoding(),
  partly_unreadable: () => m.notice_partly_unreadable(), unclosed_quote: () => m.notice_unclosed_quote(),
};

export function noticeWords(notice: Notice): string {
  return notices[notice.code]();
}

/** What a value goes to, in a list of changes. */
export function targetName(target: Target): string {
  return target.kind === "field" ? fieldName(target.of) : target.kind === "role" ? m.contacts_role() : m.import_own_field();
}
