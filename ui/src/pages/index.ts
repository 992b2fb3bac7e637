import type { Component } from "svelte";
import type { AreaId } from "../areas.js";

/** A page of the program. `params` are the `:names` of its pattern. */
export type Page = {
  pattern: string;
  area: AreaId;
  // A page that has no parameters declares no props, which no narrower type than this allows.
  load: () => Promise<{ default: Component<any> }>;
};

/** Every page there is. The rail shows the areas that have one here, the address bar finds its page here. */
export const pages: readonly Page[] = [
  { pattern: "/", area: "home", load: () => import("./HomePage.svelte") },
  { pattern: "/settings", area: "settings", load: () => import("./SettingsPage.svelte") },
];
