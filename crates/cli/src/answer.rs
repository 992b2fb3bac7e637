//! What the command line answers: JSON for scripts, lines for people.

use kiulu_app::Problem;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// An answer in both forms.
pub(crate) struct Answer {
    json: Value,
    text: String,
}

impl Answer {
    pub(crate) fn new(json: Value, text: impl Into<String>) -> Self {
        Self {
            json,
            text: text.into(),
        }
    }

    pub(crate) fn print(&self, json: bool) -> ExitCode {
        write(&if json {
            self.json.to_string()
        } else {
            self.text.clone()
        })
    }
}

/// Why nothing was done.
pub(crate) struct Failure {
    error: Value,
    text: String,
}

impl Failure {
    /// A failure of the command line's own.
    pub(crate) fn words(code: &str, text: &str) -> Self {
        Self {
            error: json!({ "code": code }),
            text: text.to_owned(),
        }
    }

    pub(crate) fn print(&self, json: bool) -> ExitCode {
        if json {
            write(&json!({ "error": self.error }).to_string());
        } else {
            eprintln!("kiulu-cli: {}", self.text);
        }
        ExitCode::FAILURE
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let text = problem.to_string();
        Self {
            error: serde_json::to_value(problem).unwrap_or_else(|_| json!({ "code": text })),
            text,
        }
    }
}

/// A reader that has gone away (`| head`) is no reason to panic.
fn write(text: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
