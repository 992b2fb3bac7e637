//! From a sheet's cells to changes of the register.
//!
//! [`draft`] reads rows one by one (in parallel, if the caller likes), [`matching`] finds whom a row is about, [`plan`] works
//! out what would happen. Nothing here writes: the store executes a [`plan::Plan`].

pub mod above;
mod alike;
mod cells;
pub mod draft;
mod drafts;
pub mod field;
pub mod guess;
mod header_words;
mod headers;
mod homes;
pub mod matching;
mod merge;
mod municipalities;
mod name_columns;
pub mod options;
mod passed_over;
mod people;
pub mod plan;
pub mod preview;
mod profile;
mod reading;
pub mod register;
mod role_words;
mod settle;
pub(crate) mod words;

pub use role_words::known_role;

#[cfg(test)]
mod tests;
