import { MediaQuery } from "svelte/reactivity";

/** True where the rail and the pane lie over the sheet instead of beside it. */
export const narrow = new MediaQuery("(width < 860px)");
