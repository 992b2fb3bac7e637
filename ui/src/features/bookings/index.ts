export { default as BookingCalendar } from "./BookingCalendar.svelte";
