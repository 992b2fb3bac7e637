//! How turns went, as the list on the door tells.
#![allow(clippy::unwrap_used)]

mod common;

use common::Fixture;
use kiulu_domain::bookings::mark::{Outcome, TurnMark};
use kiulu_domain::bookings::presets::preset;
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::id::ResourceId;
use kiulu_store::OnEdited;

#[test]
fn a_turn_went_one_way_and_what_was_written_last_stands() {
    let f = Fixture::new();
    let (sauna, laundry) = (ResourceId(f.id().0), ResourceId(f.id().0));
    let mark = |resource, start: &str, outcome| TurnMark {
        resource,
        start: start.parse().unwrap(),
        outcome,
    };
    let evening = "2026-11-25T18:00:00";
    f.change(|tx| {
        for (id, kind) in [(sauna, ResourceKind::Sauna), (laundry, ResourceKind::Laundry)] {
            tx.put_resource(&preset(id, kind, kind.as_str()))?;
        }
        tx.put_turn_mark(&mark(sauna, "2026-11-24T18:00:00", Outcome::Used))?;
        tx.put_turn_mark(&mark(sauna, evening, Outcome::Used))?;
        tx.put_turn_mark(&mark(laundry, evening, Outcome::Used))
    });
    let changed = f.change(|tx| tx.put_turn_mark(&mark(sauna, evening, Outcome::NoShow)));
    let day = || "2026-11-25".parse().unwrap();
    let found = || f.read(|reader| reader.turn_marks(sauna, day(), day())).unwrap();
    assert_eq!(found(), [mark(sauna, evening, Outcome::NoShow)]);
    f.undo(changed, OnEdited::Stop).unwrap();
    assert_eq!(found(), [mark(sauna, evening, Outcome::Used)]);

    // Nobody ever booked it, so it can go, with what was written of its turns.
    f.change(|tx| tx.delete_resource(sauna));
    assert_eq!(found(), []);
}
