//! From a sheet's cells to changes of the register.

pub mod field;
pub mod guess;
mod headers;
mod municipalities;
