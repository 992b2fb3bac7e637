export { default as GroupList } from "./GroupList.svelte";
