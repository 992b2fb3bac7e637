//! The sidecar: reads one spreadsheet under caps that it sets on itself, and writes what it found to its output.

use std::process::ExitCode;

fn main() -> ExitCode {
    kiulu_spreadsheet::sidecar::main()
}
