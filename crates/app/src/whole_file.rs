//! Files that are there whole or not at all: lists of people must not be left lying half written beside the one that was wanted.

use crate::Result;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A file that has been written beside its place. It takes its name by [`WholeFile::keep`], and is removed when that does not come.
pub(crate) struct WholeFile {
    partial: PathBuf,
    target: PathBuf,
    kept: bool,
}

impl WholeFile {
    /// Writes the file under a name that nobody else has, in the folder of `target`; what `write` gives comes back too.
    pub(crate) fn write<T, E>(
        target: &Path,
        write: impl FnOnce(&mut BufWriter<File>) -> Result<T, E>,
    ) -> Result<(Self, T)>
    where
        crate::Problem: From<E>,
    {
        let partial = target.with_file_name(format!(".{}.partial", Uuid::now_v7().simple()));
        let file = OpenOptions::new().write(true).create_new(true).open(&partial)?;
        let whole = Self {
            partial,
            target: target.to_owned(),
            kept: false,
        };
        let mut out = BufWriter::new(file);
        let value = write(&mut out)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok((whole, value))
    }

    /// Puts it in its place; a file that was there is replaced.
    pub(crate) fn keep(mut self) -> Result<()> {
        std::fs::rename(&self.partial, &self.target)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed cannot be helped either; the error that led here is the one to tell.
            let _ = std::fs::remove_file(&self.partial);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Problem;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_its_neighbours_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (target, neighbour) = (
            folder.path().join("lista.xlsx"),
            folder.path().join("lista.partial"),
        );
        std::fs::write(&target, "vanha").unwrap();
        std::fs::write(&neighbour, "käyttäjän oma").unwrap();
        let (file, count) = WholeFile::write(&target, |out| out.write(b"uusi")).unwrap();
        assert_eq!((std::fs::read(&target).unwrap(), count), (b"vanha".to_vec(), 4));
        file.keep().unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"uusi");
        assert_eq!(std::fs::read_to_string(&neighbour).unwrap(), "käyttäjän oma");
        assert_eq!(names(folder.path()), ["lista.partial", "lista.xlsx"]);
    }

    #[test]
    fn nothing_is_left_when_it_fails() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("lista.xlsx");
        let failed = WholeFile::write(&target, |out| {
            out.write_all(b"Anna Esimerkki")?;
            Err::<(), _>(std::io::Error::other("disk"))
        });
        assert!(failed.is_err());
        // A folder stands where the file should go.
        std::fs::create_dir_all(target.join("sisällä")).unwrap();
        let (file, ()) = WholeFile::write(&target, |out| out.write_all(b"Anna Esimerkki")).unwrap();
        assert!(file.keep().is_err());
        assert_eq!(names(folder.path()), ["lista.xlsx"]);
        let nowhere = folder.path().join("ei").join("ole.xlsx");
        let failed = WholeFile::write(&nowhere, |_| Ok::<_, Problem>(()));
        assert!(matches!(failed.err(), Some(Problem::FileNotFound)));
    }
}
