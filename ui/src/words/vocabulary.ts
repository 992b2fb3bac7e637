import { format, m } from "../i18n/index.js";
import type { LegalBasis, Retention } from "../platform/bindings.js";

/** The six legal bases of GDPR Art. 6(1) in plain words. */
export const legalBasis: Record<LegalBasis, () => string> = {
  consent: () => m.basis_consent(),
  contract: () => m.basis_contract(),
  legal_obligation: () => m.basis_legal_obligation(),
  vital_interests: () => m.basis_vital_interests(),
  public_task: () => m.basis_public_task(),
  legitimate_interests: () => m.basis_legitimate_interests(),
};

/** What each of them means, in the order of the regulation. */
export const basisMeaning: Record<LegalBasis, () => string> = {
  consent: () => m.basis_consent_meaning(),
  contract: () => m.basis_contract_meaning(),
  legal_obligation: () => m.basis_legal_obligation_meaning(),
  vital_interests: () => m.basis_vital_interests_meaning(),
  public_task: () => m.basis_public_task_meaning(),
  legitimate_interests: () => m.basis_legitimate_interests_meaning(),
};

/** When the data of a role goes, as a sentence. */
export function retentionWords(retention: Retention): string {
  return retention.rule === "statute" ? m.retention_statute({ statute: retention.statute }) : m.retention_months({ count: format.count(retention.months) });
}
