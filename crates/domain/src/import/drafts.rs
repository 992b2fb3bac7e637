//! The rows of a sheet, read and counted.

use super::draft::{Draft, PassedOver, RowRead};

/// The rows of a sheet as [`super::draft::read_row`] read them, in their order.
#[derive(Debug, Default)]
pub struct Drafts {
    /// One list per row that says something: they are large, and stay where they were made.
    rows: Vec<Vec<Draft>>,
    pub(super) blank: u32,
    pub(super) headers: u32,
    pub(super) sums: u32,
}

impl Drafts {
    /// Adds the next row.
    pub fn push(&mut self, row: RowRead) {
        match row {
            RowRead::Drafts(drafts) => self.rows.push(drafts),
            RowRead::PassedOver(PassedOver::Blank) => self.blank += 1,
            RowRead::PassedOver(PassedOver::Header) => self.headers += 1,
            RowRead::PassedOver(PassedOver::Sum) => self.sums += 1,
        }
    }

    /// Adds the rows behind these.
    pub fn append(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
        self.blank += other.blank;
        self.headers += other.headers;
        self.sums += other.sums;
    }

    /// What the rows say.
    pub fn iter(&self) -> impl Iterator<Item = &Draft> {
        self.rows.iter().flatten()
    }

    pub(super) fn into_drafts(self) -> impl Iterator<Item = Draft> {
        self.rows.into_iter().flatten()
    }
}

impl FromIterator<RowRead> for Drafts {
    fn from_iter<T: IntoIterator<Item = RowRead>>(rows: T) -> Self {
        let mut drafts = Self::default();
        rows.into_iter().for_each(|row| drafts.push(row));
        drafts
    }
}
