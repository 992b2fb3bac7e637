//! Kiulu.
fn main() {}
