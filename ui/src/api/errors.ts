import { format, m } from "../i18n/index.js";
import type { Found, Limit, LogFault, MarkFault, Problem as HostProblem, Violation } from "../platform/bindings.js";
import { violationWords } from "../words/bookings.js";
import { foundWords, limitWords } from "../words/files.js";
import { faultWords } from "../words/marks.js";
import { faultOfLog } from "../words/sharing.js";
import { asProblem, type ProblemParams } from "./problem.js";

/**
 * Every error code the host may answer with. To add one: write `error_<code>` into the three message files and its line
 * here. A message is three lines: what happened, what was kept, what to do next.
 */
const sentences = {
  unknown: () => m.error_unknown(),
  unexpected: () => m.error_unexpected(),
  locked: () => m.error_locked(),
  organisation_missing: () => m.error_organisation_missing(),
  keychain_missing: () => m.error_keychain_missing(),
  keychain_keeps: () => m.error_keychain_keeps(),
  wrong_secret: () => m.error_wrong_secret(),
  passphrase_short: (params) => m.error_passphrase_short({ least: String(params.least) }),
  file_damaged: () => m.error_file_damaged(),
  file_newer: () => m.error_file_newer(),
  file_foreign: () => m.error_file_foreign(),
  disk_full: () => m.error_disk_full(),
  file_busy: () => m.error_file_busy(),
  file_read_only: () => m.error_file_read_only(),
  disk_failed: () => m.error_disk_failed(),
  file_not_found: () => m.error_file_not_found(),
  profile_missing: () => m.error_profile_missing(),
  record_missing: () => m.error_record_missing(),
  record_in_use: () => m.error_record_in_use(),
  cancelled: () => m.error_cancelled(),
  edited_since: (params) => m.error_edited_since({ count: String(params.count) }),
  not_undoable: () => m.error_not_undoable(),
  nothing_to_undo: () => m.error_nothing_to_undo(),
  name_missing: () => m.error_name_missing(),
  name_taken: (params) => m.error_name_taken({ name: String(params.name) }),
  email_invalid: () => m.error_email_invalid(),
  phone_invalid: () => m.error_phone_invalid(),
  point_invalid: () => m.error_point_invalid(),
  postal_code_invalid: () => m.error_postal_code_invalid(),
  number_taken: (params) => m.error_number_taken({ name: String(params.name) }),
  business_id_invalid: () => m.error_business_id_invalid(),
  date_invalid: () => m.error_date_invalid(),
  birth_date_in_future: () => m.error_birth_date_in_future(),
  identity_code_invalid: () => m.error_identity_code_invalid(),
  identity_code_no_basis: () => m.error_identity_code_no_basis(),
  flat_invalid: () => m.error_flat_invalid(),
  stairwell_invalid: () => m.error_stairwell_invalid(),
  flat_numbers_invalid: () => m.error_flat_numbers_invalid(),
  shares_taken: (params) => m.error_shares_taken({ flat: String(params.flat) }),
  choices_missing: () => m.error_choices_missing(),
  choice_in_use: (params) => m.error_choice_in_use({ choice: String(params.choice), count: String(params.count) }),
  field_in_use: (params) => m.error_field_in_use({ count: String(params.count) }),
  retention_missing: () => m.error_retention_missing(),
  time_zone_unknown: () => m.error_time_zone_unknown(),
  custom_value_invalid: (params) => m.error_custom_value_invalid({ field: String(params.field) }),
  group_in_itself: () => m.error_group_in_itself(),
  sheet_password_protected: () => m.error_sheet_password_protected(),
  sheet_damaged: () => m.error_sheet_damaged(),
  sheet_too_large: (params) => m.error_sheet_too_large({ limit: limitWords[params.limit as Limit]() }),
  sheet_too_slow: () => m.error_sheet_too_slow(),
  sheet_empty: () => m.error_sheet_empty(),
  not_a_spreadsheet: (params) => m.error_not_a_spreadsheet({ found: foundWords[params.found as Found]() }),
  sheet_not_found: () => m.error_sheet_not_found(),
  file_unreadable: () => m.error_file_unreadable(),
  file_changed: () => m.error_file_changed(),
  sidecar_missing: () => m.error_sidecar_missing(),
  export_too_large: () => m.error_export_too_large(),
  import_closed: () => m.error_import_closed(),
  import_no_name: () => m.error_import_no_name(),
  import_outdated: () => m.error_import_outdated(),
  booking_refused: (params) => m.error_booking_refused({ against: (params.against as unknown as Violation[]).map((one) => violationWords(one, false)).join(" ") }),
  draw_empty: () => m.error_draw_empty(),
  shift_list_empty: () => m.error_shift_list_empty(),
  time_invalid: () => m.error_time_invalid(),
  period_closed: (params) => m.error_period_closed({ month: monthOf(params.month) }),
  period_open: (params) => m.error_period_open({ month: monthOf(params.month) }),
  period_running: (params) => m.error_period_running({ month: monthOf(params.month) }),
  period_order: (params) => m.error_period_order({ month: monthOf(params.next) }),
  period_followed: () => m.error_period_followed(),
  series_invalid: (params) => m.error_series_invalid({ most: String(params.most) }),
  booking_not_over: () => m.error_booking_not_over(),
  price_invalid: (params) => m.error_price_invalid({ line: String(params.line) }),
  fee_invalid: () => m.error_fee_invalid(),
  calendar_foreign: () => m.error_calendar_foreign(),
  calendar_too_large: () => m.error_calendar_too_large(),
  mark_refused: ({ line, fault }) => m.error_mark_refused({ line: String(line), fault: faultWords(fault as unknown as MarkFault, String(line).slice(0, 4)) }),
  calendar_too_many: (params) => m.error_calendar_too_many({ most: String(params.most) }),
  backup_foreign: () => m.error_backup_foreign(),
  backup_damaged: () => m.error_backup_damaged(),
  backup_folder_failed: (params) => m.error_backup_folder_failed({ folder: String(params.folder) }),
  backup_missing: () => m.error_backup_missing(),
  address_invalid: () => m.error_address_invalid(),
  endpoint_unreachable: () => m.error_endpoint_unreachable(),
  endpoint_untrusted: () => m.error_endpoint_untrusted(),
  endpoint_foreign: () => m.error_endpoint_foreign(),
  endpoint_busy: () => m.error_endpoint_busy(),
  endpoint_full: () => m.error_endpoint_full(),
  token_needed: () => m.error_token_needed(),
  program_too_old: () => m.error_program_too_old(),
  owner_updates_first: () => m.error_owner_updates_first(),
  shut_out: () => m.error_shut_out(),
  not_shared: () => m.error_not_shared(),
  already_shared: () => m.error_already_shared(),
  code_invalid: () => m.error_code_invalid(),
  code_newer: () => m.error_code_newer(),
  code_expired: () => m.error_code_expired(),
  code_used: () => m.error_code_used(),
  only_reads: () => m.error_only_reads(),
  owner_needed: () => m.error_owner_needed(),
  last_owner: () => m.error_last_owner(),
  change_too_large: () => m.error_change_too_large(),
  sync_busy: () => m.error_sync_busy(),
  endpoint_refused: (params) => m.error_endpoint_refused({ reason: String(params.reason) }),
  log_fault: (params) => m.error_log_fault({ seq: String(params.seq), fault: faultOfLog[params.fault as LogFault]() }),
  organisation_here: (params) => m.error_organisation_here({ name: String(params.name) }),
  fault: () => m.error_fault(),
} satisfies Record<HostProblem["code"] | "unknown" | "unexpected", (params: ProblemParams) => string>;

/** A month as it is named, told by its first day. */
function monthOf(day: unknown): string {
  return format.monthAndYear(String(day));
}

export type ErrorCode = keyof typeof sentences;

export type Told = {
  title: string;
  body: string;
  next: string;
  /** Set only when the code has no sentence of its own, so that a person can be told it. */
  code: string | null;
};

/** Puts a failure in words of the language in use: what happened, what was kept, what to do next. */
export function explain(thrown: unknown): Told {
  const problem = asProblem(thrown);
  const known = isKnown(problem.code) && problem.code !== "unknown";
  const write: (params: ProblemParams) => string = known ? sentences[problem.code as ErrorCode] : sentences.unknown;
  const [title = "", body = "", next = ""] = write(problem.params).split("\n");
  return { title, body, next, code: known ? null : problem.code };
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(sentences, code);
}

/** The codes that have a sentence; a test holds them against the messages. */
export const errorCodes = Object.keys(sentences) as ErrorCode[];
