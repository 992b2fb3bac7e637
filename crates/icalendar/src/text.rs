//! Bytes of a file as unfolded lines of text, each with its number.

use encoding_rs::{Encoding, UTF_8};

/// A content line as RFC 5545 section 3.1 has it, unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Number of its first line in the file, from 1.
    pub(crate) number: u32,
    /// Its text.
    pub(crate) text: String,
}

/// Cuts a file into lines. They end as they may anywhere: CR LF, LF or CR. Folding is undone on bytes, since it may part a
/// character; the charset is UTF-8, UTF-16 by its mark, or what the bytes that are no UTF-8 look like.
pub(crate) fn lines(bytes: &[u8]) -> Vec<Line> {
    match Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding != UTF_8 => {
            let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
            unfolded(text.as_bytes())
        }
        Some((_, mark)) => unfolded(&bytes[mark..]),
        None => unfolded(bytes),
    }
}

fn unfolded(bytes: &[u8]) -> Vec<Line> {
    let mut logical: Vec<(u32, Vec<u8>)> = Vec::new();
    for (number, line) in (1u32..).zip(physical(bytes)) {
        let Some((_, open)) = logical.last_mut() else {
            if !line.is_empty() {
                logical.push((number, line.to_vec()));
            }
            continue;
        };
        match line {
            [] => {}
            // A soft line break of vCalendar 1.0.
            rest if is_quoted_printable(open) && open.ends_with(b"=") => {
                open.pop();
                open.extend_from_slice(rest);
            }
            [b' ' | b'\t', rest @ ..] => open.extend_from_slice(rest),
            line => logical.push((number, line.to_vec())),
        }
    }
    let fallback = charset(logical.iter().map(|(_, line)| line.as_slice()));
    logical
        .into_iter()
        .map(|(number, line)| {
            let text = String::from_utf8(line).unwrap_or_else(|error| {
                let (text, _) = fallback.decode_without_bom_handling(error.as_bytes());
                text.into_owned()
            });
            Line { number, text }
        })
        .collect()
}

fn physical(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let open = rest?;
        let Some(end) = open.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
            rest = None;
            return Some(open);
        };
        let next = end + if open[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = Some(&open[next..]);
        Some(&open[..end])
    })
}

fn is_quoted_printable(line: &[u8]) -> bool {
    const MARK: &[u8] = b"QUOTED-PRINTABLE";
    let head = line.split(|byte| *byte == b':').next().unwrap_or_default();
    head.windows(MARK.len())
        .any(|part| part.eq_ignore_ascii_case(MARK))
}

/// The charset of the lines that are no UTF-8.
fn charset<'a>(lines: impl Iterator<Item = &'a [u8]>) -> &'static Encoding {
    use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for line in lines.filter(|line| std::str::from_utf8(line).is_err()) {
        detector.feed(line, false);
    }
    detector.feed(b"", true);
    detector.guess(Some(b"fi"), Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &[u8]) -> Vec<(u32, String)> {
        lines(bytes)
            .into_iter()
            .map(|line| (line.number, line.text))
            .collect()
    }

    #[test]
    fn lines_end_as_they_may_and_keep_their_numbers() {
        let expected = vec![
            (1, "BEGIN:VEVENT".to_owned()),
            (2, "SUMMARY:Sauna ja pesula".to_owned()),
            (5, "END:VEVENT".to_owned()),
        ];
        for end in ["\r\n", "\n", "\r"] {
            let file = [
                "BEGIN:VEVENT",
                "SUMMARY:Sauna",
                "  ja pes",
                "\tula",
                "END:VEVENT",
                "",
            ]
            .join(end);
            assert_eq!(texts(file.as_bytes()), expected, "{end:?}");
        }
    }

    #[test]
    fn folding_may_part_a_character() {
        assert_eq!(
            texts(b"SUMMARY:S\xc3\r\n \xa4\xc3\xa4"),
            [(1, "SUMMARY:Sää".to_owned())]
        );
    }

    #[test]
    fn charsets_are_told_apart() {
        let text = "SUMMARY:Löylyä";
        let utf16: Vec<u8> = [0xfeff]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let latin = b"SUMMARY:L\xf6yly\xe4";
        for bytes in [text.as_bytes(), &utf16, &with_mark, latin] {
            assert_eq!(texts(bytes), [(1, text.to_owned())], "{bytes:x?}");
        }
    }

    #[test]
    fn empty_lines_and_soft_breaks_are_passed_over() {
        let file = b"\r\nSUMMARY;ENCODING=QUOTED-PRINTABLE:S=E4=\r\n=E4=\r\n!\r\n\r\nX:1\r\n";
        assert_eq!(
            texts(file),
            [
                (2, "SUMMARY;ENCODING=QUOTED-PRINTABLE:S=E4=E4!".to_owned()),
                (6, "X:1".to_owned())
            ]
        );
    }
}
