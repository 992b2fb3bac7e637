export { default as DiscardSample } from "./DiscardSample.svelte";
export { default as OrganisationList } from "./OrganisationList.svelte";
export { organisationNote } from "./organisations.js";
export { default as RecoverySheet } from "./RecoverySheet.svelte";
export { default as RestoreForm } from "./RestoreForm.svelte";
export { default as Start } from "./Start.svelte";
