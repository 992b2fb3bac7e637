//! Papers as PDF: layouts in `assets/print/*.typ`, what they say in `assets/print/words.*.json`.
//!
//! [`print`] sets any paper from data that its template reads; the modules beside it make that data, in sentences of the paper's
//! language, from what [`kiulu_domain`] knows. What people wrote is data to a template and never part of it, so that nothing in a
//! text is taken for an instruction. Nothing is read from the disk or the network.

pub mod charges;
pub mod door_list;
pub mod letters;
mod paper;
pub mod rules;
pub mod sharing;
mod words;

pub use paper::{Head, Paper, PrintError, print};
pub use words::Words;
