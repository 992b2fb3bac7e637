//! Papers as PDF from the templates in `assets/print`.
