//! Content lines, written (RFC 5545 section 3.1).

use std::fmt::Display;

/// A line has at most so many octets, its break not counted.
const LONGEST: usize = 75;

/// A calendar that is being written.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
}

impl Writer {
    /// Writes a property whose value needs no escape; `name` may carry parameters.
    pub(crate) fn plain(&mut self, name: &str, value: impl Display) {
        self.line(&format!("{name}:{value}"));
    }

    /// Writes a property of type TEXT; an empty one is none.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        if !value.trim().is_empty() {
            self.plain(name, escaped(value));
        }
    }

    /// What was written.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Folds between characters, so that no program sees half of one.
    fn line(&mut self, line: &str) {
        let mut rest = line;
        let mut room = LONGEST;
        while rest.len() > room {
            let mut cut = room;
            while !rest.is_char_boundary(cut) {
                cut -= 1;
            }
            self.out.push_str(&rest[..cut]);
            self.out.push_str("\r\n ");
            rest = &rest[cut..];
            // The space at the beginning counts too.
            room = LONGEST - 1;
        }
        self.out.push_str(rest);
        self.out.push_str("\r\n");
    }
}

/// A value of type TEXT (RFC 5545 section 3.3.11); control characters have no place in it.
fn escaped(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    for sign in value.trim().replace("\r\n", "\n").chars() {
        match sign {
            '\\' | ';' | ',' => {
                plain.push('\\');
                plain.push(sign);
            }
            '\n' | '\r' => plain.push_str("\\n"),
            '\t' => plain.push(' '),
            sign if sign.is_control() => {}
            sign => plain.push(sign),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::property::Property;
    use crate::text::lines;
    use proptest::prelude::*;

    #[test]
    fn lines_are_folded_at_75_octets() {
        let mut writer = Writer::default();
        writer.text("SUMMARY", &"ä".repeat(100));
        let out = writer.finish();
        let lengths: Vec<usize> = out.split_terminator("\r\n").map(str::len).collect();
        assert_eq!(lengths, [74, 75, 61]);
    }

    proptest! {
        #[test]
        fn texts_come_back(text in "\\PC{0,200}(\n\\PC{0,20})?") {
            let mut writer = Writer::default();
            writer.text("SUMMARY", &text);
            let out = writer.finish();
            let fits = out.split_terminator("\r\n").all(|line| line.len() <= LONGEST);
            prop_assert!(fits);
            let read = lines(out.as_bytes());
            let read = read.first().and_then(|line| Property::parse(1, &line.text)).map(|found| found.text());
            prop_assert_eq!(read.unwrap_or_default(), text.trim());
        }
    }
}
