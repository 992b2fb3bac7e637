//! Types and rules of every area; no I/O, no clock, no randomness.

pub mod action;
pub mod bookings;
pub mod business_id;
pub mod calendar;
pub mod clean;
pub mod collation;
pub mod contact;
pub mod contact_input;
pub mod contact_list;
pub mod custom_field;
pub mod flat;
pub mod id;
pub mod import;
pub mod order;
pub mod organisation;
pub mod papers;
pub mod reference_number;
pub mod sheet;
pub mod vocabulary;
