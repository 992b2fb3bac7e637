export { default as ContactForm } from "./ContactForm.svelte";
export { default as ContactList } from "./ContactList.svelte";
export { default as ContactDetails } from "./ContactDetails.svelte";
export { default as ContactComparison } from "./ContactComparison.svelte";
