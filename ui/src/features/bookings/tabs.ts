import type { Component } from "svelte";
import { m } from "../../i18n/index.js";
import BookingCalendar from "./BookingCalendar.svelte";
import ChargeList from "./charges/ChargeList.svelte";
import SpaceList from "./SpaceList.svelte";
import StandingShifts from "./StandingShifts.svelte";
import SpaceUse from "./SpaceUse.svelte";

/**
 * A view of the area, with the address that it stands at. The view tells its acts by `headActs`; as `current` it is given the space
 * of the address, which only the calendar takes – no narrower type than `any` allows both.
 */
export type BookingsTab = { path: string; name: () => string; view: Component<any> };

/** The tabs of the area in their order. An address that is none of theirs is the calendar of the space it names. */
export const tabs: readonly [BookingsTab, ...BookingsTab[]] = [
  { path: "/bookings", name: () => m.bookings_tab_calendar(), view: BookingCalendar },
  { path: "/bookings/standing", name: () => m.bookings_standing(), view: StandingShifts },
  { path: "/bookings/spaces", name: () => m.bookings_tab_spaces(), view: SpaceList },
  { path: "/bookings/charges", name: () => m.bookings_tab_charges(), view: ChargeList },
  { path: "/bookings/use", name: () => m.bookings_tab_use(), view: SpaceUse },
];
