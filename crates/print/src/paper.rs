//! Setting a paper.

use crate::Words;
use chrono::{Datelike, NaiveDate};
use kiulu_domain::organisation::Language;
use serde::Serialize;
use serde_json::json;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

/// Which paper: each has a template of its name in `assets/print`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// The list on the door of a space.
    DoorList,
    /// How the spaces are booked, for the noticeboard.
    Instructions,
    /// That the system is taken into use.
    Notice,
    /// A standing shift is given to a flat.
    Agreement,
    /// What a month's use of shared spaces is charged.
    Charges,
    /// The recovery sheet of a laptop that shares.
    RecoverySheet,
    /// The record of a hand-over of the board.
    HandOver,
}

impl Paper {
    fn template(self) -> &'static str {
        match self {
            Self::DoorList => include_str!("../../../assets/print/door-list.typ"),
            Self::Instructions => include_str!("../../../assets/print/instructions.typ"),
            Self::Notice => include_str!("../../../assets/print/notice.typ"),
            Self::Charges => include_str!("../../../assets/print/charges.typ"),
            Self::RecoverySheet => include_str!("../../../assets/print/recovery-sheet.typ"),
            Self::HandOver => include_str!("../../../assets/print/hand-over.typ"),
            Self::Agreement => include_str!("../../../assets/print/agreement.typ"),
        }
    }
}

/// What every paper has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it is, in its own language: the file's title too.
    pub title: String,
    /// The organisation's name.
    pub house: String,
    /// The day on which it is printed. The file bears no other time, so that one day gives one file.
    pub day: NaiveDate,
}

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The data cannot be written as JSON.
    #[error("the data of the paper: {0}")]
    Data(#[from] serde_json::Error),
    /// The template does not fit its data, or cannot be set. It says where in the template, and nothing of the data.
    #[error("the template of the paper: {0}")]
    Template(String),
}

/// Sets a paper in a language, and gives the bytes of a tagged PDF.
///
/// The template finds `head`, `words` and `data` in `data.json`.
///
/// # Errors
/// [`PrintError`] where template and data do not fit each other: a fault of the program, whatever people wrote.
pub fn print(
    paper: Paper,
    language: Language,
    head: &Head,
    data: &impl Serialize,
) -> Result<Vec<u8>, PrintError> {
    let words = Words::of(language);
    let file = json!({
        "head": {
            "title": head.title,
            "house": head.house,
            "printed": words.say("printed", &[("day", &words.date(head.day))]),
            "language": language.as_str(),
        },
        "words": words.all(),
        "data": data,
    });
    let desk = Desk {
        main: Source::new(file_id("main.typ"), paper.template().to_owned()),
        data: Bytes::new(serde_json::to_vec(&file)?),
    };
    let set = typst::compile::<PagedDocument>(&desk).output;
    let written = set.and_then(|document| {
        let options = PdfOptions {
            creator: Smart::Custom(Some("Kiulu".to_owned())),
            timestamp: Datetime::from_ymd(head.day.year(), head.day.month() as u8, head.day.day() as u8)
                .map(Timestamp::new_utc),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options)
    });
    // What was set is remembered otherwise, with everybody's data.
    typst::comemo::evict(0);
    written.map_err(|errors| {
        let said = errors.iter().map(|error| error.message.as_str());
        PrintError::Template(said.collect::<Vec<_>>().join("; "))
    })
}

/// All that a template can reach.
struct Desk {
    main: Source,
    data: Bytes,
}

#[expect(
    clippy::expect_used,
    reason = "the names are constants of this file, and every paper is set under them"
)]
fn file_id(name: &'static str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

static COMMON: LazyLock<Source> = LazyLock::new(|| {
    let text = include_str!("../../../assets/print/common.typ");
    Source::new(file_id("common.typ"), text.to_owned())
});

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let files: [&[u8]; 3] = [
        include_bytes!("../../../assets/print/fonts/SourceSans3-Regular.otf"),
        include_bytes!("../../../assets/print/fonts/SourceSans3-Semibold.otf"),
        include_bytes!("../../../assets/print/fonts/SourceSerif4-Semibold.otf"),
    ];
    let fonts: Vec<Font> = files
        .into_iter()
        .flat_map(|file| Font::iter(Bytes::new(file)))
        .collect();
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.0
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.main, &*COMMON]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == file_id("data.json") {
            Ok(self.data.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.1.get(index).cloned()
    }

    /// A paper bears the day that it is given.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
