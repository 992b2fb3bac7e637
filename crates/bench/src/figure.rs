//! What was measured, for people and for the table in `docs/benchmarks.md`.

use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// One measured figure beside its limit.
#[derive(Serialize)]
pub(crate) struct Figure {
    pub(crate) what: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) limit: f64,
    pub(crate) detail: String,
}

/// What the caller wants: `--rows N` contacts, kept in `--data-dir D`, the figures as JSON lines appended to `--figures F`; or
/// nothing but the list, written to `--generate F`; or nothing but one part, with `--only`.
pub(crate) struct Options {
    pub(crate) rows: u32,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) generate: Option<PathBuf>,
    pub(crate) only: Option<Only>,
    figures: Option<PathBuf>,
}

/// A part that is measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Only {
    /// Shared spaces.
    Bookings,
    /// Between two laptops.
    Sharing,
    /// The endpoint under load.
    Load,
}

impl std::str::FromStr for Only {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "bookings" => Self::Bookings,
            "sharing" => Self::Sharing,
            "load" => Self::Load,
            _ => bail!("--only takes bookings, sharing or load"),
        })
    }
}

impl Options {
    pub(crate) fn parse() -> Result<Self> {
        let mut options = Self {
            rows: 100_000,
            data_dir: None,
            generate: None,
            only: None,
            figures: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments
                .next()
                .with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--rows" => options.rows = value.parse().context("--rows takes a whole number")?,
                "--data-dir" => options.data_dir = Some(value.into()),
                "--generate" => options.generate = Some(value.into()),
                "--only" => options.only = Some(value.parse()?),
                "--figures" => options.figures = Some(value.into()),
                _ => bail!("there is no {name}: --rows, --data-dir, --generate, --figures, --only"),
            }
        }
        Ok(options)
    }

    pub(crate) fn report(&self, figures: &[Figure]) -> Result<()> {
        for Figure {
            what,
            value,
            unit,
            limit,
            detail,
        } in figures
        {
            println!("{what}: {value:.2} {unit} (at most {limit} {unit}); {detail}");
        }
        if let Some(path) = &self.figures {
            let mut file = OpenOptions::new().create(true).append(true).open(path)?;
            for figure in figures {
                writeln!(file, "{}", serde_json::to_string(figure)?)?;
            }
        }
        Ok(())
    }
}
