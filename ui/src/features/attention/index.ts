export { default as AttentionList } from "./AttentionList.svelte";
