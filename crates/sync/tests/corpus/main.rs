//! The corpus of the fuzz targets, and what fuzzing has found, in the ordinary tests.

#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub)]

#[path = "../../../../fuzz/src/lib.rs"]
mod properties;
#[path = "../../../store/tests/common/mod.rs"]
mod rows;
mod seeds;

use std::path::{Path, PathBuf};

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target)
}

/// Tries a property on every file of its target's corpus; gives how many there are.
fn check(target: &str, property: fn(&[u8])) -> usize {
    let folder = corpus(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut tried = 0;
    for file in files.flatten() {
        println!("{}", file.path().display());
        property(&std::fs::read(file.path()).unwrap());
        tried += 1;
    }
    tried
}

#[test]
fn what_decodes_encodes_to_the_same_bytes() {
    for (target, property) in [
        ("batch", properties::batch as fn(&[u8])),
        ("code", properties::code),
        ("credentials", properties::credentials),
        ("entry", properties::entry),
        ("parcel", properties::parcel),
        ("ring", properties::ring),
        ("roster", properties::roster),
        ("sealed", properties::sealed),
        ("snapshot", properties::snapshot),
    ] {
        assert!(check(target, property) > 0, "{target} has no corpus");
    }
}

#[test]
fn the_corpus_begins_with_real_encodings() {
    for (target, name, bytes) in seeds::seeds() {
        let file = corpus(target).join(&name);
        // Whatever is sealed by age is another each time.
        let known = std::fs::read(&file).is_ok_and(|kept| kept == bytes || target == "parcel");
        if !known && std::env::var_os("KIULU_UPDATE_SNAPSHOTS").is_some() {
            std::fs::create_dir_all(corpus(target)).unwrap();
            std::fs::write(&file, bytes).unwrap();
        } else {
            let hint = "run this test with KIULU_UPDATE_SNAPSHOTS=1";
            assert!(known, "the corpus of {target} lacks {name}: {hint}");
        }
    }
}
