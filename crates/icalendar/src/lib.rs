//! iCalendar files (RFC 5545): reading what calendars of other programs hold, with every recurrence worked out, and writing the
//! calendar of a house so that they read it.
//!
//! [`read`] takes whatever a file is: what cannot be read is told with its line, the rest stands. [`Feed::occurrences`] gives
//! what happens within days; no file makes it run long, whatever its rules say.

mod event;
mod feed_written;
mod property;
mod read;
mod recurrence;
mod rule;
mod series;
mod text;
mod unread;
mod value;
mod windows_zones;
mod write;
mod zone;
mod zone_rules;
mod zone_written;

pub use event::Event;
pub use feed_written::{FeedSource, FeedWords, Revision, write_feed};
pub use read::{Feed, read};
pub use series::{Found, Occurrence, When};
pub use unread::{Refusal, Unread, UnreadLine};
