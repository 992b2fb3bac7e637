export { head } from "./head.svelte.js";
export { tabs } from "./tabs.js";
export { default as MoveOut } from "./MoveOut.svelte";
export { default as SpaceAssistant } from "./assistant/SpaceAssistant.svelte";
