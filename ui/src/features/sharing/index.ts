export { default as SharingSettings } from "./SharingSettings.svelte";
