import type { Snippet } from "svelte";

/** What stands at the right of the area's head: the acts of the view that is open. The head itself stays from tab to tab. */
export const head = $state<{ acts: Snippet | null }>({ acts: null });

/** Puts a view's acts into the head for as long as the view is there. Called while a component is made. */
export function headActs(acts: Snippet): void {
  $effect.pre(() => {
    head.acts = acts;
    return () => {
      if (head.acts === acts) head.acts = null;
    };
  });
}
