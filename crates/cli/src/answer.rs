//! What the command line answers: JSON for scripts, lines for people.

use crate::cells::Spool;
use kiulu_app::Problem;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// An answer.
pub(crate) enum Answer {
    /// In both forms.
    Words { json: Value, text: String },
    /// Too long for a value; JSON in both forms.
    Spool(Spool),
}

impl Answer {
    pub(crate) fn new(json: Value, text: impl Into<String>) -> Self {
        Self::Words {
            json,
            text: text.into(),
        }
    }

    pub(crate) fn print(self, json: bool) -> ExitCode {
        match self {
            Self::Words { json: value, .. } if json => write(&value.to_string()),
            Self::Words { text, .. } => write(&text),
            Self::Spool(spool) => exit_code(spool.pour(&mut std::io::stdout().lock())),
        }
    }
}

/// Why nothing was done.
pub(crate) struct Failure {
    code: String,
    params: Value,
    /// A sentence; the window's own where there is none.
    text: Option<String>,
}

impl Failure {
    /// A failure of the command line's own.
    pub(crate) fn words(code: &str, params: Value, text: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            params,
            text: Some(text.into()),
        }
    }

    pub(crate) fn print(&self, json: bool) -> ExitCode {
        if json {
            let mut error = json!({ "code": self.code });
            if !self.params.is_null() {
                error["params"] = self.params.clone();
            }
            write(&json!({ "error": error }).to_string());
        } else {
            let text = self.text.clone().unwrap_or_else(|| self.sentence());
            // Nobody may be listening there either.
            let _ = writeln!(std::io::stderr(), "kiulu-cli: {text} [{}]", self.code);
        }
        ExitCode::FAILURE
    }

    /// What the window says in English, in one line.
    fn sentence(&self) -> String {
        let messages: Value =
            serde_json::from_str(include_str!("../../../ui/messages/en.json")).unwrap_or_default();
        let Some(text) = messages[format!("error_{}", self.code)].as_str() else {
            return "It did not work.".to_owned();
        };
        let mut text = text.replace('\n', " ");
        for (name, value) in self.params.as_object().into_iter().flatten() {
            // Of several things their codes.
            let codes = value.as_array().map(|all| {
                let codes = all.iter().filter_map(|one| one["code"].as_str());
                codes.collect::<Vec<_>>().join(", ")
            });
            let code = value["code"].as_str();
            let shown = codes.unwrap_or_else(|| {
                let said = value.as_str().or(code);
                said.map_or_else(|| value.to_string(), str::to_owned)
            });
            text = text.replace(&format!("{{{name}}}"), &shown);
        }
        text
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let params = serde_json::to_value(&problem)
            .ok()
            .and_then(|mut value| value.get_mut("params").map(Value::take))
            .unwrap_or(Value::Null);
        Self {
            code: problem.code(),
            params,
            text: None,
        }
    }
}

/// A reader that has gone away (`| head`) is no reason to panic.
fn write(text: &str) -> ExitCode {
    exit_code(writeln!(std::io::stdout(), "{text}"))
}

fn exit_code(written: std::io::Result<()>) -> ExitCode {
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
