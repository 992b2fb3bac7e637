//! What no laptop alone can notice: people compare the short code of the log's end.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Endpoint, founder, joins};
use kiulu_wire::Role;

#[test]
fn two_laptops_with_the_same_code_have_the_same_data() {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let mut eero = joins(2, Role::Owner, &mut aino, &mut endpoint);
    aino.sync(&mut endpoint).unwrap();
    eero.sync(&mut endpoint).unwrap();
    let known = endpoint.head();
    aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();

    // The endpoint keeps the newest from Eero, and nothing that it says is wrong in itself.
    endpoint.lie = Some(Box::new(move |page| {
        page.head = known;
        page.entries.clear();
    }));
    eero.sync(&mut endpoint).unwrap();
    assert_ne!(aino.dump(), eero.dump());
    assert_ne!(aino.replica().head(), eero.replica().head());

    endpoint.lie = None;
    eero.sync(&mut endpoint).unwrap();
    assert_eq!(aino.replica().head(), eero.replica().head());
    assert_eq!(aino.dump(), eero.dump());
}
