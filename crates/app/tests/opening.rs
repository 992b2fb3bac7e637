//! What is open when a window starts.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::Laptop;
use kiulu_app::UnlockWay;

#[test]
fn what_was_open_last_is_opened_ahead_where_the_keychain_has_its_key() {
    for (way, open) in [(UnlockWay::Keychain, true), (UnlockWay::Passphrase, false)] {
        let mut laptop = Laptop::new();
        laptop.found(way);
        laptop.restart();
        assert_eq!(laptop.open_ahead().is_ok(), open, "{way:?}");
        assert_eq!(laptop.organisations()[0].open, open, "{way:?}");
    }
    assert!(
        Laptop::new().open_ahead().is_ok(),
        "on a new laptop there is nothing to open"
    );
}
