//! Writes generated lists: `generate contacts ROWS SEED FILE`, or `generate sample FILE`.

use std::fs::File;
use std::io::BufWriter;
use std::process::ExitCode;

use kiulu_spreadsheet::generate;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let open = |path: &str| File::create(path).map(BufWriter::new);
    let written = match arguments[..] {
        ["contacts", rows, seed, path] => match (rows.parse(), seed.parse(), open(path)) {
            (Ok(rows), Ok(seed), Ok(out)) => generate::contacts_xlsx(out, rows, seed),
            _ => return ExitCode::from(2),
        },
        ["sample", path] => match open(path) {
            Ok(out) => generate::residents_xlsx(out),
            Err(_) => return ExitCode::FAILURE,
        },
        _ => return ExitCode::from(2),
    };
    ExitCode::from(u8::from(written.is_err()))
}
