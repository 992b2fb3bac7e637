import { m } from "../../i18n/index.js";
import type { OrganisationInfo } from "../../platform/bindings.js";

/** What stands under an organisation's name: its kind, whether it is the sample, whether it has to be unlocked first. */
export function organisationNote(info: OrganisationInfo): string {
  const kind = info.kind === "housing-company" ? m.start_kind_housing() : m.start_kind_association();
  const state = info.open ? m.organisation_open() : info.unlock === "passphrase" ? m.organisation_locked() : null;
  return [kind, info.sample ? m.organisation_sample() : null, state].filter((part) => part !== null).join(" · ");
}
