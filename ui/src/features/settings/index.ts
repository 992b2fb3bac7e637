export { default as AppearanceSettings } from "./AppearanceSettings.svelte";
export { default as BackupSettings } from "./BackupSettings.svelte";
export { default as CustomFieldSettings } from "./CustomFieldSettings.svelte";
export { default as OrganisationSettings } from "./OrganisationSettings.svelte";
export { default as PrivacyButton } from "./PrivacyButton.svelte";
export { default as SafetySettings } from "./SafetySettings.svelte";
export { default as VocabularySettings } from "./VocabularySettings.svelte";
