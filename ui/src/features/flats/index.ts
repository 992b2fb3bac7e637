export { default as FlatList } from "./FlatList.svelte";
