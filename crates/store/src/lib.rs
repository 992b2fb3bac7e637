//! The encrypted database of one organisation: migrations, changes and all client SQL.
