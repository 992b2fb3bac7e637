export { default as ChangeList } from "./ChangeList.svelte";
export { default as UndoDialog } from "./UndoDialog.svelte";
