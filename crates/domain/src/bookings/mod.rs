//! Shared spaces of a house: what can be booked, when, by whom, under which rules and at what price.
//!
//! Everything here is wall-clock time in the place's own zone, as a clock on its wall shows it; [`time`] tells the instants. One
//! function, [`rules::may_book`], says whether somebody may have a turn and what it costs; the calendar, the command line and the
//! merging of two laptops all ask it.

pub mod board;
pub mod booking;
pub mod calendar_import;
pub mod cancel;
pub mod charge;
pub mod charge_period;
pub mod charging;
pub mod draw;
pub mod gaps;
pub mod heating;
pub mod impact;
mod index;
pub mod limits;
pub mod mark;
pub mod presets;
pub mod price;
pub mod price_list;
pub mod quota;
pub mod residence;
pub mod resource;
pub mod rules;
pub mod schedule;
pub mod settle;
pub mod shift_acts;
pub mod shift_list;
pub mod soundness;
pub mod standing;
pub mod time;
pub mod timetable;
pub mod turn_code;
pub mod usage;
pub mod waiting;

#[cfg(test)]
mod tests;
