//! Tables of a web page. Many systems call such a page "report.xls", and Excel opens it.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::Source;
use super::values;
use crate::limits;
use crate::model::{FileKind, Found, Limit, Merge, Refusal, Visibility};
use crate::row_writer::{RowWriter, Stop};

/// True for text that begins as a web page or as a bare table.
pub(super) fn looks_like(start: &str) -> bool {
    let head: String = start.chars().take(4096).collect::<String>().to_lowercase();
    let begins = [
        "<!doctype html",
        "<html",
        "<table",
        "<head",
        "<meta",
        "<body",
        "<style",
        "<div",
        "<center",
        "<tr",
    ]
    .iter()
    .any(|tag| head.starts_with(tag));
    begins || head.starts_with('<') && (head.contains("<html") || head.contains("<table"))
}

/// Reads the tables of a page.
pub(super) fn open(text: &str) -> Result<Box<dyn Source>, Refusal> {
    let sink = Collector::default();
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    // The tokenizer copies what it is given, so it is given a little at a time.
    let mut rest = text;
    while !rest.is_empty() {
        let mut cut = rest.len().min(64 << 10);
        while !rest.is_char_boundary(cut) {
            cut += 1;
        }
        let (piece, after) = rest.split_at(cut);
        input.push_back(StrTendril::from_slice(piece));
        let _ = tokenizer.feed(&input);
        rest = after;
    }
    tokenizer.end();
    let state = tokenizer.sink.0.into_inner();
    if state.cells > limits::CELLS {
        return Err(Refusal::TooLarge { limit: Limit::Cells });
    }
    let mut tables = state.done;
    tables.extend(state.open.into_iter().map(|mut table| {
        table.close_cell();
        table
    }));
    tables.sort_by_key(|table| table.order);
    tables.retain(|table| !table.cells.is_empty());
    if tables.is_empty() {
        return Err(Refusal::NotASpreadsheet { found: Found::Markup });
    }
    Ok(Box::new(Page { tables }))
}

#[derive(Default)]
struct Table {
    order: usize,
    name: String,
    in_caption: bool,
    row: Option<u32>,
    column: u32,
    /// Rows for which a cell from above still reaches down, by column.
    reaching: Vec<u32>,
    cell: Option<(u32, u32, String)>,
    cells: Vec<(u32, u32, String)>,
    merges: Vec<Merge>,
}

impl Table {
    fn begin_row(&mut self) {
        self.close_cell();
        if self.row.is_some() {
            for left in &mut self.reaching {
                *left = left.saturating_sub(1);
            }
        }
        self.row = Some(self.row.map_or(0, |row| row.saturating_add(1)));
        self.column = 0;
    }

    fn begin_cell(&mut self, tag: &Tag) {
        self.close_cell();
        if self.row.is_none() {
            self.begin_row();
        }
        let span = |name: &str, most: u32| {
            tag.attrs
                .iter()
                .find(|attribute| &*attribute.name.local == name)
                .and_then(|attribute| attribute.value.trim().parse::<u32>().ok())
                .unwrap_or(1)
                .clamp(1, most)
        };
        // The bounds that HTML sets.
        let (wide, high) = (span("colspan", 1_000), span("rowspan", 65_534));
        while self
            .reaching
            .get(self.column as usize)
            .is_some_and(|&left| left > 0)
        {
            self.column += 1;
        }
        let row = self.row.unwrap_or(0);
        let first = self.column;
        self.column = first.saturating_add(wide);
        if self.column > limits::COLUMNS {
            return;
        }
        if self.reaching.len() < self.column as usize {
            self.reaching.resize(self.column as usize, 0);
        }
        // One more than the rows below: the next row takes one off.
        self.reaching[first as usize..self.column as usize].fill(high);
        if (wide > 1 || high > 1) && self.merges.len() < limits::MERGES {
            self.merges.push(Merge {
                first_row: row,
                first_column: first,
                last_row: row.saturating_add(high - 1),
                last_column: first + wide - 1,
            });
        }
        self.cell = Some((row, first, String::new()));
    }

    fn close_cell(&mut self) {
        if let Some((row, column, text)) = self.cell.take() {
            let text = tidy(&text);
            if !text.is_empty() {
                self.cells.push((row, column, text));
            }
        }
    }
}

/// White space as a browser shows it: runs become one blank, line breaks come from `<br>` alone.
fn tidy(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\u{b}')
        .map(|line| {
            line.split(|letter: char| letter.is_whitespace())
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

#[derive(Default)]
struct State {
    open: Vec<Table>,
    done: Vec<Table>,
    seen: usize,
    cells: u64,
    hidden: bool,
}

#[derive(Default)]
struct Collector(RefCell<State>);

impl TokenSink for Collector {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => state.tag(&tag),
            Token::CharacterTokens(text) => state.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str) {
        if self.hidden {
            return;
        }
        if let Some(table) = self.open.last_mut() {
            if table.in_caption {
                table.name.push_str(text);
            } else if let Some((.., cell)) = &mut table.cell
                && cell.len() < limits::ROW_BYTES
            {
                cell.push_str(text);
            }
        }
    }

    fn tag(&mut self, tag: &Tag) {
        let starts = tag.kind == TagKind::StartTag;
        match &*tag.name {
            "style" | "script" => self.hidden = starts && !tag.self_closing,
            // Deeper nesting than any report has would only cost memory.
            "table" if starts && self.open.len() < 64 && self.seen < limits::SHEETS => {
                self.open.push(Table {
                    order: self.seen,
                    ..Table::default()
                });
                self.seen += 1;
            }
            "table" if !starts => {
                if let Some(mut table) = self.open.pop() {
                    table.close_cell();
                    self.done.push(table);
                }
            }
            name => {
                let Some(table) = self.open.last_mut() else {
                    return;
                };
                match (name, starts) {
                    ("caption", starts) => table.in_caption = starts,
                    ("tr", true) => table.begin_row(),
                    ("td" | "th", true) => {
                        self.cells += 1;
                        if self.cells <= limits::CELLS {
                            table.begin_cell(tag);
                        }
                    }
                    ("td" | "th" | "tr", false) => table.close_cell(),
                    ("br", _) | ("p" | "div" | "li", false) => {
                        if let Some((.., cell)) = &mut table.cell {
                            cell.push('\u{b}');
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

struct Page {
    tables: Vec<Table>,
}

impl Source for Page {
    fn kind(&self) -> FileKind {
        FileKind::Html
    }

    fn sheets(&self) -> Vec<(String, Visibility)> {
        self.tables
            .iter()
            .map(|table| (tidy(&table.name), Visibility::Visible))
            .collect()
    }

    fn read(&mut self, sheet: usize, rows: &mut RowWriter<'_>) -> Result<(), Stop> {
        for (row, column, text) in &self.tables[sheet].cells {
            rows.put(*row, *column, values::text(text))?;
        }
        Ok(())
    }

    fn merges(&mut self, sheet: usize) -> Vec<Merge> {
        self.tables[sheet].merges.clone()
    }
}
