export { default as Start } from "./Start.svelte";
export { default as RecoverySheet } from "./RecoverySheet.svelte";
