//! Prints every cell of a file as JSON, or the refusal: `cells FILE`.

use std::process::ExitCode;

use kiulu_spreadsheet::Reader;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        return ExitCode::from(2);
    };
    let answer = Reader::locate().and_then(|reader| reader.cells(path.as_ref()));
    let text = match &answer {
        Ok(cells) => serde_json::to_string(cells),
        Err(refusal) => serde_json::to_string(refusal),
    };
    println!("{}", text.unwrap_or_default());
    ExitCode::from(u8::from(answer.is_err()))
}
