//! Delimited text: RFC 4180 and what programs make of it.

use std::borrow::Cow;

use super::Source;
use super::encoding;
use super::html;
use super::values;
use crate::model::{FileKind, Found, Notice, Refusal, Visibility};
use crate::protocol::Value;
use crate::row_writer::{RowWriter, Stop};

/// Opens bytes that have no signature: a web page, or text.
pub(super) fn open(bytes: &[u8]) -> Result<Box<dyn Source>, Refusal> {
    let Some((text, notice)) = encoding::decode(bytes) else {
        return Err(Refusal::NotASpreadsheet {
            found: Found::Unknown,
        });
    };
    let start = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    if start.trim_matches(['\0', '\u{1a}']).is_empty() {
        return Err(Refusal::Empty);
    }
    if html::looks_like(start) {
        return html::open(start);
    }
    if let Some(found) = something_else(start) {
        return Err(Refusal::NotASpreadsheet { found });
    }
    let (delimiter, skip) = match announced_delimiter(&text) {
        Some((delimiter, length)) => (delimiter, length),
        None => (detect_delimiter(&text), 0),
    };
    Ok(Box::new(Delimited {
        text,
        skip,
        delimiter,
        notices: notice.into_iter().collect(),
    }))
}

fn something_else(start: &str) -> Option<Found> {
    let head: String = start.chars().take(200).collect();
    if head.starts_with("<?xml")
        || head.starts_with("{\"")
        || head.starts_with("[{")
        || head.starts_with("{\n")
    {
        return Some(Found::Markup);
    }
    if head.starts_with("MIME-Version:") || head.starts_with("Return-Path:") || head.starts_with("Received:")
    {
        return Some(Found::Mail);
    }
    None
}

/// A first line `sep=;`, with which programs tell Excel the delimiter, and its length with the row it takes.
fn announced_delimiter(text: &str) -> Option<(char, usize)> {
    let line_end = text.find(['\n', '\r']).unwrap_or(text.len());
    let line = text[..line_end].trim_matches('"');
    let rest = line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .map(|_| &line[4..])?;
    let mut letters = rest.chars();
    let delimiter = letters.next().filter(|letter| !letter.is_alphanumeric())?;
    // A program that saved the file again has filled the row up.
    letters
        .all(|letter| letter == delimiter)
        .then_some((delimiter, line_end))
}

/// The delimiter that cuts the first lines into the most even rows.
fn detect_delimiter(text: &str) -> char {
    const LOOKED_AT: usize = 200;
    let mut best = (0.0, ';');
    // Finnish and Swedish programs write semicolons, because the comma is the decimal mark; so commas must be clearly better.
    for (delimiter, weight) in [(';', 1.5), ('\t', 1.5), (',', 1.0), ('|', 1.0)] {
        if delimiter == ',' && commas_belong_to_names(text) {
            continue;
        }
        let mut widths = Vec::new();
        let mut width = 0usize;
        let mut row = 0u32;
        let cut = text.char_indices().nth(200_000).map_or(text.len(), |(at, _)| at);
        let _ = records(&text[..cut], delimiter, &mut |at, column, _| {
            if at != row {
                widths.push(width);
                row = at;
            }
            width = column as usize + 1;
            if widths.len() > LOOKED_AT { Err(()) } else { Ok(()) }
        });
        widths.push(width);
        widths.retain(|&width| width > 0);
        let lines = widths.len();
        widths.sort_unstable();
        let common = widths
            .chunk_by(|one, other| one == other)
            .max_by_key(|run| (if run[0] > 1 { 1 } else { 0 }, run.len() * run[0].min(4)))
            .map_or((1, 0), |run| (run[0], run.len()));
        if common.0 < 2 {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let score = weight * (common.1 as f64 / lines as f64) * (common.0 as f64).ln_1p();
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// A single column "Nimi" over "Mäki, Anna": no comma in the first line, and a blank behind every one.
fn commas_belong_to_names(text: &str) -> bool {
    let mut lines = text
        .split(['\n', '\r'])
        .filter(|line| !line.trim().is_empty())
        .take(200);
    lines.next().is_some_and(|first| !first.contains(','))
        && lines.all(|line| line.split(',').skip(1).all(|rest| rest.starts_with(' ')))
}

/// A field as it was before programs packed it: without the zeros that fill fields of fixed width, and without the apostrophe that
/// keeps a spreadsheet from taking text for a formula (Kiulu's own export writes it).
fn unpacked(field: Cow<'_, str>) -> Cow<'_, str> {
    let field = if field.contains('\0') {
        Cow::Owned(field.replace('\0', ""))
    } else {
        field
    };
    match field.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => Cow::Owned(rest.to_owned()),
        _ => field,
    }
}

/// Cuts text into fields and hands each over with its row and column. Returns whether a quotation was left open.
///
/// A quotation that never closes is taken for an ordinary character, and so are all after it: otherwise one stray mark
/// would swallow the rest of the list.
fn records<E>(
    text: &str,
    delimiter: char,
    each: &mut impl FnMut(u32, u32, Cow<'_, str>) -> Result<(), E>,
) -> Result<bool, E> {
    let bytes = text.as_bytes();
    let mut mark = [0; 4];
    let mark = delimiter.encode_utf8(&mut mark).as_bytes();
    let (mut row, mut column, mut at) = (0u32, 0u32, 0usize);
    let mut quotes_mean_something = true;
    while at < bytes.len() {
        let mut field = None;
        if bytes[at] == b'"' && quotes_mean_something {
            match quoted(text, at + 1) {
                Some((content, after)) => {
                    field = Some(content);
                    at = after;
                }
                None => quotes_mean_something = false,
            }
        }
        let start = at;
        let end = bytes[at..]
            .iter()
            .position(|&byte| byte == b'\n' || byte == b'\r' || byte == mark[0])
            .map_or(bytes.len(), |length| at + length);
        // After a closing quotation mark some programs leave blanks; anything else belongs to the field.
        let rest = &text[start..end];
        let field = match field {
            None => Cow::Borrowed(rest),
            Some(content) if rest.trim().is_empty() => content,
            Some(content) => Cow::Owned(content.into_owned() + rest),
        };
        each(row, column, field)?;
        at = end;
        match bytes.get(at) {
            None => break,
            Some(b'\r') => {
                at += 1 + usize::from(bytes.get(at + 1) == Some(&b'\n'));
                row = row.saturating_add(1);
                column = 0;
            }
            Some(b'\n') => {
                at += 1;
                row = row.saturating_add(1);
                column = 0;
            }
            Some(_) => {
                at += mark.len();
                column = column.saturating_add(1);
            }
        }
    }
    Ok(!quotes_mean_something)
}

/// The content of a quotation and where it ends.
fn quoted(text: &str, start: usize) -> Option<(Cow<'_, str>, usize)> {
    let mut content = Cow::Borrowed("");
    let mut at = start;
    loop {
        let end = at + text.as_bytes()[at..].iter().position(|&byte| byte == b'"')?;
        let doubled = text.as_bytes().get(end + 1) == Some(&b'"');
        let piece = &text[at..end + usize::from(doubled)];
        if content.is_empty() {
            content = Cow::Borrowed(piece);
        } else {
            content.to_mut().push_str(piece);
        }
        if !doubled {
            return Some((content, end + 1));
        }
        at = end + 2;
    }
}

struct Delimited {
    text: String,
    /// Bytes of the line that announces the delimiter.
    skip: usize,
    delimiter: char,
    notices: Vec<Notice>,
}

impl Source for Delimited {
    fn kind(&self) -> FileKind {
        FileKind::Text
    }

    fn sheets(&self) -> Vec<(String, Visibility)> {
        vec![(String::new(), Visibility::Visible)]
    }

    fn read(&mut self, _sheet: usize, rows: &mut RowWriter<'_>) -> Result<(), Stop> {
        let mut repaired = 0u32;
        let text = &self.text[self.skip..];
        let text = text.trim_end_matches(['\0', '\u{1a}']);
        let open = records(text, self.delimiter, &mut |row, column, field| {
            let field = unpacked(field);
            match encoding::repair_double(&field) {
                Some(field) => {
                    repaired += 1;
                    rows.put(row, column, Value::Text(&field))
                }
                None => rows.put(row, column, values::text(&field)),
            }
        })?;
        if repaired > 0 {
            self.notices.push(Notice::DoubleEncoding { repaired });
        }
        if open {
            self.notices.push(Notice::UnclosedQuote);
        }
        Ok(())
    }

    fn notices(&self) -> Vec<Notice> {
        self.notices.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, delimiter: char) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = Vec::new();
        let _ = records::<()>(text, delimiter, &mut |row, _, field| {
            all.resize_with(row as usize + 1, Vec::new);
            all[row as usize].push(field.into_owned());
            Ok(())
        });
        all
    }

    #[test]
    fn fields_are_cut_as_spreadsheets_cut_them() {
        for (text, delimiter, expected) in [
            ("a;b\r\nc;d", ';', vec![vec!["a", "b"], vec!["c", "d"]]),
            ("a\rb\r", ';', vec![vec!["a"], vec!["b"]]),
            ("\"x \"\"y\"\" z\";2", ';', vec![vec!["x \"y\" z", "2"]]),
            ("\"one\ntwo\";3", ';', vec![vec!["one\ntwo", "3"]]),
            ("\"a\" ;b", ';', vec![vec!["a", "b"]]),
            ("5\" pipe;b", ';', vec![vec!["5\" pipe", "b"]]),
            ("\"open;b\nc;d", ';', vec![vec!["\"open", "b"], vec!["c", "d"]]),
            ("a\tb\n\n\tc", '\t', vec![vec!["a", "b"], vec![""], vec!["", "c"]]),
        ] {
            assert_eq!(cut(text, delimiter), expected, "{text:?}");
        }
    }

    #[test]
    fn fields_are_unpacked() {
        for (field, expected) in [
            ("'=1+1", "=1+1"),
            ("'-2", "-2"),
            ("'t Hooft", "'t Hooft"),
            ("Mäki\0\0", "Mäki"),
        ] {
            assert_eq!(unpacked(Cow::Borrowed(field)), expected);
        }
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_even_rows() {
        for (text, expected) in [
            ("nimi;puhelin\nMäki, Anna;040\nLaine, Eero;050", ';'),
            ("name,city\nAnna,Turku\nEero,Espoo", ','),
            ("a\tb\tc\n1,5\t2,5\t3\n", '\t'),
            ("a|b\n1|2\n", '|'),
            ("Summa;Vero\n1,5;2,5\n3,5;4,5\n", ';'),
            ("otsikko\n\nnimi;katu;kaupunki\nA;B;C\nD;E;F", ';'),
            ("yksi\nkaksi\n", ';'),
            ("Nimi\nMäki, Anna\nLaine, Eero\n", ';'),
            ("nimi, katu\nAnna, Kuja 1\nEero, Tie 2", ','),
        ] {
            assert_eq!(detect_delimiter(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_sep_line_names_the_delimiter_and_keeps_its_row() {
        assert_eq!(announced_delimiter("sep=,\r\na,b"), Some((',', 5)));
        assert_eq!(announced_delimiter("\"sep=;\"\na;b"), Some((';', 7)));
        assert_eq!(announced_delimiter("sep=;;;;\na;b"), Some((';', 8)));
        assert_eq!(announced_delimiter("separate;b"), None);
    }
}
