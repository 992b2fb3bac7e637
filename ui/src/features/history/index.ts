export { default as ChangeList } from "./ChangeList.svelte";
export { default as UndoDialog } from "./UndoDialog.svelte";
export { default as HistoryExport } from "./HistoryExport.svelte";
