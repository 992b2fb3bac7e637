import type { Snippet } from "svelte";

/** What stands at the right of the area's head: the acts of the view that is open. The head itself stays from tab to tab. */
export const head = $state<{ acts: Snippet | null }>({ acts: null });
/** Which view came last. No state: in a teardown state still reads as it was before, and the view that leaves would clear the next one's acts. */
let newest = 0;

/** Puts a view's acts into the head for as long as the view is there. Called while a component is made. */
export function headActs(acts: Snippet): void {
  $effect.pre(() => {
    const own = ++newest;
    head.acts = acts;
    return () => {
      if (own === newest) head.acts = null;
    };
  });
}
