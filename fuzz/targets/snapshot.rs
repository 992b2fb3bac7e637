#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kiulu_fuzz::snapshot(bytes));
