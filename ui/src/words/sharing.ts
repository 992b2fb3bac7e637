import { m } from "../i18n/index.js";
import type { LogFault, MemberRole } from "../platform/bindings.js";

/** What a member may do. */
export const roleWords: Record<MemberRole, () => string> = { owner: () => m.role_owner(), editor: () => m.role_editor(), viewer: () => m.role_viewer() };

/** The same with what it means, the most powerful last: most who are invited edit. */
export const roleChoices = (): { value: MemberRole; label: string; hint: string }[] => [
  { value: "editor", label: m.role_editor(), hint: m.role_editor_hint() },
  { value: "viewer", label: m.role_viewer(), hint: m.role_viewer_hint() },
  { value: "owner", label: m.role_owner(), hint: m.role_owner_hint() },
];

/** In what way a server's data cannot be trusted. */
export const faultOfLog: Record<LogFault, () => string> = {
  rolled_back: () => m.fault_rolled_back(),
  branched: () => m.fault_branched(),
  gap: () => m.fault_gap(),
  repeated: () => m.fault_repeated(),
  reordered: () => m.fault_reordered(),
  forged: () => m.fault_forged(),
  other_organisation: () => m.fault_other_organisation(),
  not_opened: () => m.fault_not_opened(),
  key_swapped: () => m.fault_key_swapped(),
  diverged: () => m.fault_diverged(),
};
