export { head } from "./head.svelte.js";
export { tabs } from "./tabs.js";
