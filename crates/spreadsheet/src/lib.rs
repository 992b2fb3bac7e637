//! Reading and writing spreadsheets, in a sidecar that caps itself.
