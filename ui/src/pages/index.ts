import type { Component } from "svelte";
import type { AreaId } from "../areas.js";
import { match, type Params } from "../router.svelte.js";

/** A page of the program. `params` are the `:names` of its pattern. */
export type Page = {
  pattern: string;
  area: AreaId;
  // A page that has no parameters declares no props, which no narrower type than this allows.
  load: () => Promise<{ default: Component<any> }>;
};

const contacts = (): ReturnType<Page["load"]> => import("./ContactsPage.svelte");
const bookings = (): ReturnType<Page["load"]> => import("./BookingsPage.svelte");
const flats = (): ReturnType<Page["load"]> => import("./FlatsPage.svelte");

/** Every page there is. The rail shows the areas that have one here, the address bar finds its page here. */
export const pages: readonly Page[] = [
  { pattern: "/", area: "home", load: () => import("./HomePage.svelte") },
  { pattern: "/contacts", area: "contacts", load: contacts },
  { pattern: "/contacts/new", area: "contacts", load: () => import("./ContactFormPage.svelte") },
  { pattern: "/contacts/:id", area: "contacts", load: contacts },
  { pattern: "/contacts/compare/:a/:b", area: "contacts", load: () => import("./ComparePage.svelte") },
  { pattern: "/contacts/:id/edit", area: "contacts", load: () => import("./ContactFormPage.svelte") },
  { pattern: "/groups", area: "contacts", load: () => import("./GroupsPage.svelte") },
  { pattern: "/flats", area: "flats", load: flats },
  { pattern: "/flats/buildings", area: "flats", load: () => import("./BuildingsPage.svelte") },
  { pattern: "/flats/:id", area: "flats", load: flats },
  { pattern: "/bookings", area: "bookings", load: bookings },
  { pattern: "/bookings/:id", area: "bookings", load: bookings },
  { pattern: "/bookings/spaces/:id", area: "bookings", load: () => import("./SpacePage.svelte") },
  { pattern: "/organisations", area: "home", load: () => import("./OrganisationsPage.svelte") },
  { pattern: "/import", area: "contacts", load: () => import("./ImportPage.svelte") },
  { pattern: "/history", area: "history", load: () => import("./HistoryPage.svelte") },
  { pattern: "/attention", area: "attention", load: () => import("./AttentionPage.svelte") },
  { pattern: "/settings", area: "settings", load: () => import("./SettingsPage.svelte") },
];

/** The page at an address, with what the address says of it. */
export function atAddress(path: string): { page: Page; params: Params } | null {
  for (const page of pages) {
    const params = match(page.pattern, path);
    if (params) return { page, params };
  }
  return null;
}
