//! What the user can do, per area, independent of any window.
