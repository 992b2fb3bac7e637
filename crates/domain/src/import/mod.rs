//! From a sheet's cells to changes of the register.
