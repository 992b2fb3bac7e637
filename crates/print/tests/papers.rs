//! Papers as they can be read back.
#![allow(clippy::unwrap_used)]

mod common;

use common::{LANGUAGES, Space, club_room, day, flat, full_sauna, guest_flat, sauna, set, span};
use kiulu_domain::bookings::booking::Holder;
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::turn_code::turn_begins;
use kiulu_domain::organisation::{Language, OrganisationKind};
use kiulu_domain::papers::Letter;
use kiulu_print::Words;
use kiulu_print::door_list::{DoorKind, Layout};
use kiulu_print::letters::{Agreed, Fills, agreement, instructions, notice, paragraphs, usual_text};
use kiulu_print::rules::space_rules;
use kiulu_print::sharing::{HandedOver, Listed, May, Sheet, hand_over, recovery_sheet};

/// What a reader of the file finds in it, its spaces all alike.
fn text(pdf: &[u8]) -> String {
    let text = pdf_extract::extract_text_from_mem(pdf).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pages(pdf: &[u8]) -> usize {
    pdf_extract::extract_text_from_mem_by_pages(pdf).unwrap().len()
}

#[test]
fn a_week_stands_on_the_door_by_flat() {
    let space = sauna();
    for (language, words) in LANGUAGES.into_iter().zip([
        [
            "Viikko 49",
            "ke 2.12.",
            "Yhteinen vuoro: naiset",
            "Pois käytöstä: Kiukaan huolto",
            "varattu",
        ],
        [
            "Vecka 49",
            "on 2.12.",
            "Gemensam tur: damer",
            "Ur bruk: Kiukaan huolto",
            "bokad",
        ],
        [
            "Week 49",
            "Wed 2.12.",
            "Common turn: women",
            "Out of use: Kiukaan huolto",
            "booked",
        ],
    ]) {
        let list = space.list(language, "2026-11-30", "2026-12-06", false);
        let pdf = set(language, &list);
        let said = text(&pdf);
        for word in words
            .into_iter()
            .chain(["A 5", "A 12", "A 7", "18.00–19.00", "Kellari, A-porras"])
        {
            assert!(said.contains(word), "{word} is missing from {said}");
        }
        for turn in list.turns().filter(|turn| !turn.code.is_empty()) {
            assert!(said.contains(&turn.code), "{} is missing from {said}", turn.code);
        }
        for secret in ["Virta", "Aino", "4711"] {
            assert!(!said.contains(secret), "{secret} stands in {said}");
        }
        assert_eq!(pages(&pdf), 1);
    }
}

#[test]
fn what_cannot_be_had_has_no_code_and_the_rest_one_of_its_own() {
    let space = sauna();
    let list = space.list(Language::Fi, "2026-11-30", "2026-12-06", false);
    for turn in list.turns() {
        let marked = matches!(turn.kind, DoorKind::Free | DoorKind::Held);
        assert_eq!(!turn.code.is_empty(), marked, "{turn:?}");
        if marked {
            let (begins, _) = turn_begins(space.resource.id, &turn.code, day("2026-12-07")).unwrap();
            assert_eq!(begins, turn.start);
        }
    }
    let of = |day: &str, time: &str| {
        let days = list.weeks[0].days.iter();
        let day = days
            .filter(|one| one.day.ends_with(day))
            .flat_map(|one| &one.turns);
        let found = day.filter(|turn| turn.time.starts_with(time));
        found
            .map(|turn| (turn.kind, turn.label.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("2.12.", "18.00"), [(DoorKind::Held, "A 5")]);
    assert_eq!(of("2.12.", "19.00"), [(DoorKind::Free, "")]);
    assert_eq!(
        of("3.12.", "20.00"),
        [(DoorKind::Out, "Pois käytöstä: Kiukaan huolto")]
    );
    assert_eq!(of("4.12.", "20.00"), [(DoorKind::Held, "varattu")]);
    assert_eq!(of("5.12.", "16.00"), [(DoorKind::Held, "yhteinen käyttö")]);
    assert_eq!(
        of("5.12.", "17.00–22.00"),
        [(DoorKind::Out, "Pois käytöstä: Remontti")]
    );
    assert_eq!(
        list.weeks[0].closed.replace('\u{a0}', " "),
        "Ei vuoroja: ma 30.11., ti 1.12., su 6.12. (itsenäisyyspäivä)"
    );
}

#[test]
fn a_full_week_fits_one_sheet_and_a_month_has_its_weeks() {
    let space = full_sauna();
    let week = space.list(Language::Fi, "2026-11-30", "2026-12-06", false);
    assert_eq!(week.turns().count(), 84);
    assert_eq!(pages(&set(Language::Fi, &week)), 1);
    let month = space.list(Language::Sv, "2026-12-01", "2026-12-31", true);
    assert_eq!(month.period, "December 2026");
    let said = text(&set(Language::Sv, &month));
    for word in ["Vecka 49", "Vecka 53", "to 31.12.", "julafton", "A 84"] {
        assert!(said.contains(word), "{word} is missing from {said}");
    }
}

#[test]
fn short_turns_have_a_line_each_and_still_fit() {
    let mut space = full_sauna();
    space.standing.clear();
    space.resource.timetable.seasons[0].turns = kiulu_domain::bookings::timetable::Turns::Fixed {
        minutes: 30,
        buffer: 0,
    };
    let week = space.list(Language::Fi, "2026-11-30", "2026-12-06", false);
    assert_eq!((week.turns().count(), week.dense), (168, true));
    assert_eq!(pages(&set(Language::Fi, &week)), 1);
}

#[test]
fn nights_and_free_lengths_stand_one_below_the_other() {
    let guests = guest_flat().list(Language::Fi, "2026-11-30", "2026-12-06", false);
    assert_eq!(guests.layout, Layout::List);
    let said: Vec<String> = guests
        .turns()
        .filter(|turn| turn.kind == DoorKind::Held)
        .map(|turn| format!("{} {}", turn.label, turn.time).replace('\u{a0}', " "))
        .collect();
    assert_eq!(
        said,
        ["A 3 15.00 – ke 2.12. 12.00", "A 14 15.00 – su 6.12. 12.00"]
    );
    let club = club_room().list(Language::Fi, "2026-11-30", "2026-12-06", false);
    let wednesday: Vec<_> = club.weeks[0].days[2]
        .turns
        .iter()
        .map(|turn| (turn.kind, turn.time.as_str()))
        .collect();
    assert_eq!(
        wednesday,
        [
            (DoorKind::Gap, "8.00–18.00"),
            (DoorKind::Held, "18.00–21.00"),
            (DoorKind::Gap, "21.00–23.00")
        ]
    );
    // A month of them goes over the sheet, and its head with it.
    let long = guest_flat().list(Language::Fi, "2026-12-01", "2026-12-31", true);
    let pdf = set(Language::Fi, &long);
    let by_page = pdf_extract::extract_text_from_mem_by_pages(&pdf).unwrap();
    assert!(by_page.len() > 1);
    assert!(
        by_page.iter().all(|page| page.contains("Huoneisto")),
        "{by_page:?}"
    );
}

#[test]
fn a_week_without_turns_says_so() {
    let mut space = Space::new(ResourceKind::Sauna, "Sauna");
    space.resource.timetable.seasons.clear();
    let list = space.list(Language::Fi, "2026-11-30", "2026-12-06", false);
    assert_eq!(list.turns().count(), 0);
    assert!(text(&set(Language::Fi, &list)).contains("Ei vuoroja"));
    let mut space = sauna();
    space.blackouts.clear();
    space.blackout(span("2026-11-28T00:00", 240), "Putkiremontti");
    let list = space.list(Language::Fi, "2026-11-30", "2026-12-06", false);
    assert!(
        list.weeks[0].closed.contains("Pois käytöstä: Putkiremontti"),
        "{list:?}"
    );
}

#[test]
fn names_stand_only_where_they_are_given() {
    let space = sauna();
    let list = space.list_with(
        Language::Fi,
        "2026-11-30",
        "2026-12-06",
        false,
        &|holder| match holder {
            Holder::Flat(id) if id == flat(5) => ("A 5".into(), "Virtanen".into()),
            Holder::Flat(id) => (format!("A {}", id.0.as_u128()), String::new()),
            _ => Default::default(),
        },
    );
    let said = text(&set(Language::Fi, &list));
    assert_eq!(said.matches("Virtanen").count(), 1, "{said}");
}

/// Whatever people write, it comes out as it is, and nothing of it is done.
const TRICKS: &str = "#panic(\"x\") *lihava* _vino_ $1 + 1$ `koodi` @viite <merkki> \\ #set page(width: 1cm) [a] // ei kommentti";

#[test]
fn what_people_write_is_never_a_template() {
    let mut space = sauna();
    space.resource.name = TRICKS.into();
    space.resource.place = TRICKS.into();
    space.blackout(span("2026-12-02T16:00", 1), TRICKS);
    let list = space.list_with(Language::Fi, "2026-11-30", "2026-12-06", false, &|_| {
        (TRICKS.into(), TRICKS.into())
    });
    let words = Words::of(Language::Fi);
    let written = paragraphs(words, TRICKS, &Fills::default());
    let rules = [space_rules(
        words,
        &space.resource,
        &space.prices,
        day("2026-11-29"),
    )];
    let day = day("2026-11-29");
    let fills = Fills {
        house: TRICKS,
        contact: TRICKS,
        ..Fills::default()
    };
    space.shift(1, 2, 16 * 60, 17 * 60);
    let agreed = Agreed {
        shift: &space.standing[0],
        flat: TRICKS,
        space: TRICKS,
        place: TRICKS,
        prices: &space.prices,
        kind: OrganisationKind::HousingCompany,
    };
    for pdf in [
        list.pdf(Language::Fi, TRICKS, day).unwrap(),
        instructions(Language::Fi, TRICKS, day, &rules, &written, TRICKS).unwrap(),
        notice(Language::Fi, day, &fills, &written).unwrap(),
        agreement(Language::Fi, TRICKS, day, &agreed, &written, TRICKS).unwrap(),
    ] {
        let said = text(&pdf);
        for piece in [
            "#panic(\"x\")",
            "*lihava*",
            "`koodi`",
            "@viite",
            "<merkki>",
            "#set page(width:",
            "// ei",
        ] {
            assert!(said.contains(piece), "{piece} is missing from {said}");
        }
    }
}

#[test]
fn letters_are_worded_in_each_language() {
    let space = sauna();
    let day = day("2026-11-29");
    let spaces = ["Sauna".to_owned(), "Pesutupa".to_owned()];
    let fills = Fills {
        house: "Asunto Oy Kiulunkulma",
        start: "2027-01-01".parse().ok(),
        spaces: &spaces,
        contact: "Aino Sihteeri\n040 123 4567",
        ..Fills::default()
    };
    let agreed = Agreed {
        shift: &space.standing[0],
        flat: "A 5",
        space: "Sauna",
        place: "Kellari",
        prices: &space.prices,
        kind: OrganisationKind::HousingCompany,
    };
    for (language, said) in LANGUAGES.into_iter().zip([
        [
            "Varausohje: Sauna",
            "Vuoron pituus on 1 tunti.",
            "8,50 € vuorolta (sis. alv 25,5 %)",
            "käyttöön 1.1.2027",
            "Sauna ja Pesutupa",
            "keskiviikkoisin 18.00–19.00, joka viikko",
            "1.1.2026 alkaen toistaiseksi",
            "25,00 € kuukaudessa",
            "Taloyhtiön puolesta",
        ],
        [
            "Bokningsanvisning: Sauna",
            "En tur är 1 timme.",
            "8,50 € per tur (inkl. moms 25,5 %)",
            "i bruk 1.1.2027",
            "Sauna och Pesutupa",
            "på onsdagar 18.00–19.00, varje vecka",
            "från 1.1.2026 tills vidare",
            "25,00 € per månad",
            "För husbolaget",
        ],
        [
            "How to book: Sauna",
            "A turn is 1 hour.",
            "8,50 € a turn (incl. VAT 25,5%)",
            "into use on 1.1.2027",
            "Sauna and Pesutupa",
            "on Wednesdays 18.00–19.00, every week",
            "from 1.1.2026 until further notice",
            "25,00 € a month",
            "For the housing company",
        ],
    ]) {
        let words = Words::of(language);
        let written = |letter| paragraphs(words, &usual_text(words, letter), &fills);
        let rules = [space_rules(words, &space.resource, &space.prices, day)];
        let pdfs = [
            instructions(
                language,
                fills.house,
                day,
                &rules,
                &written(Letter::Instructions),
                fills.contact,
            ),
            notice(language, day, &fills, &written(Letter::Notice)),
            agreement(
                language,
                fills.house,
                day,
                &agreed,
                &written(Letter::Agreement),
                fills.contact,
            ),
        ]
        .map(Result::unwrap);
        let all = pdfs.iter().map(|pdf| text(pdf)).collect::<Vec<_>>().join(" ");
        for piece in said.into_iter().chain(["040 123 4567", "Asunto Oy Kiulunkulma"]) {
            assert!(all.contains(piece), "{piece} is missing from {all}");
        }
        assert!(!all.contains("4711") && !all.contains('{'), "{all}");
        assert_eq!(pdfs.each_ref().map(|pdf| pages(pdf)), [1, 1, 1]);
    }
}

#[test]
fn a_file_has_title_language_and_tags_and_comes_out_the_same_again() {
    let list = sauna().list(Language::Sv, "2026-11-30", "2026-12-06", false);
    let pdf = set(Language::Sv, &list);
    assert_eq!(pdf, set(Language::Sv, &list));
    let raw = String::from_utf8_lossy(&pdf);
    for piece in [
        "/StructTreeRoot",
        "/Lang(sv)",
        "/Marked true",
        "x-default\">Bokningslista: Sauna, Vecka 49",
        "2026-11-29",
    ] {
        assert!(raw.contains(piece), "{piece} is missing");
    }
}

#[test]
fn names_of_other_alphabets_are_set() {
    let mut space = sauna();
    space.resource.name = "Öljyä Žižek Šåna Наталья".into();
    let list = space.list(Language::Fi, "2026-11-30", "2026-12-06", false);
    assert!(text(&set(Language::Fi, &list)).contains("Öljyä Žižek Šåna Наталья"));
}

#[test]
fn a_months_charges_stand_by_payer_with_every_line() {
    for (language, words) in LANGUAGES.into_iter().zip([
        [
            "Veloitukset, lokakuu 2026",
            "vakiovuoro",
            "Oikaisu: syyskuu 2026",
            "eräpäivä 17.11.2026",
        ],
        [
            "Debitering, oktober 2026",
            "fast tur",
            "Rättelse: september 2026",
            "förfaller 17.11.2026",
        ],
        [
            "Charges, October 2026",
            "standing shift",
            "Correction: September 2026",
            "due 17.11.2026",
        ],
    ]) {
        let pdf = common::charges(language);
        let said = text(&pdf);
        for word in words.into_iter().chain([
            "A 1",
            "A 12",
            "12 34561",
            "19.10.2026 18.00–19.00",
            "1.10.2026 – 31.10.2026",
            "12,50 €",
            "\u{2212}5,00 €",
            "1 027,50 €",
            "25,5 %",
        ]) {
            assert!(said.contains(word), "{word} is missing from {said}");
        }
    }
}

#[test]
fn a_recovery_sheet_has_its_code_in_groups_and_as_a_picture() {
    let code = "06KG0-E8A40-SXDNS-PJKPE-G4HDB-PH7XW-KPJF5-WEWXZ-RMZWA-19SEA-E4";
    for (language, title) in LANGUAGES.into_iter().zip([
        "Yhteiskäytön palautuslomake",
        "Återställningsblankett för gemensam användning",
        "Recovery sheet for sharing",
    ]) {
        let sheet = Sheet {
            house: "As Oy Koivurinne",
            day: day("2026-11-30"),
            whose: "Marjatta Lehto",
            may: May::Decide,
            code,
            picture: r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h1v1h-1z"/></svg>"#,
            head: "560E BAD2 DEBA 9BE6 (12)",
        };
        let pdf = recovery_sheet(language, &sheet).unwrap();
        assert_eq!(pages(&pdf), 1);
        let said = text(&pdf);
        for word in code
            .split('-')
            .chain([title, "Marjatta Lehto", "560E BAD2 DEBA 9BE6 (12)"])
        {
            assert!(said.contains(word), "{word} is missing from {said}");
        }
    }
}

#[test]
fn a_hand_over_names_who_left_and_who_stays_and_bears_the_whole_signature() {
    let listed = |name: &str, may| Listed {
        name: name.into(),
        may,
    };
    let signature = "0123456789abcdef".repeat(8);
    for language in LANGUAGES {
        let record = HandedOver {
            house: "As Oy Koivurinne",
            day: day("2026-11-30"),
            at: "30.11.2026 18.00",
            by: "Uusi Puheenjohtaja",
            left: &[listed("Vanha Puheenjohtaja", May::Decide)],
            stay: &[
                listed("Uusi Puheenjohtaja", May::Decide),
                listed("Sihteeri #set", May::Edit),
            ],
            epoch: 3,
            head: "560E BAD2 DEBA 9BE6 (12)",
            proof: (&"ab".repeat(32), &signature),
        };
        let pdf = hand_over(language, &record).unwrap();
        assert_eq!(pages(&pdf), 1);
        let said = text(&pdf);
        for word in [
            "Vanha Puheenjohtaja",
            "Sihteeri #set",
            "30.11.2026 18.00",
            "01234567",
            "abababab",
        ] {
            assert!(said.contains(word), "{word} is missing from {said}");
        }
        assert_eq!(said.matches("89abcdef").count(), 8);
    }
}
