export { default as ImportWizard } from "./ImportWizard.svelte";
