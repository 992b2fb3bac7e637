//! Writes every paper in three languages into a folder, to look at: `cargo run -p kiulu-print --example papers -- FOLDER`.
#![allow(clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{LANGUAGES, Space, club_room, day, full_sauna, guest_flat, sauna, set};
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::timetable::Turns;
use kiulu_domain::organisation::OrganisationKind;
use kiulu_domain::papers::Letter;
use kiulu_print::Words;
use kiulu_print::letters::{Agreed, Fills, agreement, instructions, notice, paragraphs, usual_text};
use kiulu_print::rules::space_rules;
use std::path::PathBuf;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap());
    std::fs::create_dir_all(&folder).unwrap();
    for language in LANGUAGES {
        let write = |name: &str, pdf: Vec<u8>| {
            std::fs::write(folder.join(format!("{name}-{}.pdf", language.as_str())), pdf).unwrap();
        };
        let mut short = full_sauna();
        short.standing.truncate(40);
        short.resource.timetable.seasons[0].turns = Turns::Fixed {
            minutes: 30,
            buffer: 0,
        };
        short.resource.name =
            "Asunto Oy Helsingin Pitkänsillanrannan Kiulunkulman vanha puusauna ja vilvoittelutila".into();
        let mut empty = Space::new(ResourceKind::Sauna, "Sauna");
        empty.resource.timetable.seasons.clear();
        for (name, space) in [
            ("week", sauna()),
            ("full", full_sauna()),
            ("short", short),
            ("empty", empty),
            ("nights", guest_flat()),
            ("club", club_room()),
        ] {
            write(
                &format!("door-{name}"),
                set(language, &space.list(language, "2026-11-30", "2026-12-06", false)),
            );
            write(
                &format!("month-{name}"),
                set(language, &space.list(language, "2026-12-01", "2026-12-31", true)),
            );
        }
        write("charges", common::charges(language));
        let space = sauna();
        let spaces = ["Sauna", "Pesutupa", "Vierashuone"].map(str::to_owned);
        let fills = Fills {
            house: "Asunto Oy Kiulunkulma",
            start: "2027-01-01".parse().ok(),
            spaces: &spaces,
            contact: "Aino Sihteeri, hallituksen sihteeri\n040 123 4567, aino.sihteeri@example.fi",
            ..Fills::default()
        };
        let agreed = Agreed {
            shift: &space.standing[0],
            flat: "A 5",
            space: "Sauna",
            place: "Kellari, A-porras",
            prices: &space.prices,
            kind: OrganisationKind::HousingCompany,
        };
        let (words, today) = (Words::of(language), day("2026-11-29"));
        let written = |letter| paragraphs(words, &usual_text(words, letter), &fills);
        let rules = [sauna(), guest_flat(), club_room()]
            .map(|space| space_rules(words, &space.resource, &space.prices, today));
        let text = written(Letter::Instructions);
        write(
            "instructions",
            instructions(language, fills.house, today, &rules[..1], &text, fills.contact).unwrap(),
        );
        write(
            "instructions-all",
            instructions(language, fills.house, today, &rules, &text, "").unwrap(),
        );
        write(
            "notice",
            notice(language, today, &fills, &written(Letter::Notice)).unwrap(),
        );
        write(
            "agreement",
            agreement(
                language,
                fills.house,
                today,
                &agreed,
                &written(Letter::Agreement),
                fills.contact,
            )
            .unwrap(),
        );
    }
}
