//! The real window, driven as a person drives it.
//!
//! These tests need a display, a session bus and an unlocked keychain, which `cargo xtask test` starts around
//! them; a plain `cargo test` leaves them out. Pictures go to the directory that `KIULU_SHOTS` names.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bookings;
mod charges;
mod figures;
#[allow(
    dead_code,
    reason = "what a person can do with a window is more than any set of walks does"
)]
mod harness;
mod house;
mod looks;
mod papers;
mod safety;
mod sharing;
mod standing;
mod usage;
mod waiting;
mod walk;

use harness::Window;

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn starts() {
    let window = Window::open().await;
    window.wait_for_title("Tervetuloa Kiuluun – Kiulu").await;
    window.screenshot("starts").await;
}
