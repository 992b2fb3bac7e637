export { head } from "./head.svelte.js";
export { tabs } from "./tabs.js";
export { default as MoveOut } from "./MoveOut.svelte";
