export { default as FlatDetails } from "./FlatDetails.svelte";
export { default as FlatList } from "./FlatList.svelte";
export { default as HouseList } from "./HouseList.svelte";
