//! kiulu-cli.
fn main() {}
