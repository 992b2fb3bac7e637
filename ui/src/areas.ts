import Bell from "@lucide/svelte/icons/bell-dot";
import CalendarDays from "@lucide/svelte/icons/calendar-days";
import Building from "@lucide/svelte/icons/building-2";
import History from "@lucide/svelte/icons/history";
import House from "@lucide/svelte/icons/house";
import Settings from "@lucide/svelte/icons/settings-2";
import Users from "@lucide/svelte/icons/users-round";
import type { IconType } from "./components/icon.js";
import { m } from "./i18n/index.js";

export type AreaId = "home" | "contacts" | "flats" | "bookings" | "history" | "attention" | "settings";

/** What the rail can show. An area appears only when a page of it is registered in pages/index.ts. */
export type Area = {
  id: AreaId;
  name: () => string;
  path: string;
  icon: IconType;
  /** Only where the organisation has flats. */
  housingOnly?: true;
  /** Set apart from the areas of work above it. */
  apart?: true;
};

export const areas: readonly Area[] = [
  { id: "home", name: () => m.area_home(), path: "/", icon: House },
  { id: "contacts", name: () => m.area_contacts(), path: "/contacts", icon: Users },
  { id: "flats", name: () => m.area_flats(), path: "/flats", icon: Building, housingOnly: true },
  { id: "bookings", name: () => m.area_bookings(), path: "/bookings", icon: CalendarDays },
  { id: "attention", name: () => m.area_attention(), path: "/attention", icon: Bell, apart: true },
  { id: "history", name: () => m.area_history(), path: "/history", icon: History },
  { id: "settings", name: () => m.area_settings(), path: "/settings", icon: Settings },
];
