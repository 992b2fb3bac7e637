//! What must hold for every cell, however strange: no cleaner panics, and cleaning a cleaned value changes nothing.
//! The addresses of the e-mail corpus are tried here too, where `KIULU_CORPORA` says where they are.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::NaiveDate;
use kiulu_domain::clean::name::{NameOrder, clean_full_name, clean_name_part, clean_organisation_name};
use kiulu_domain::clean::postal::{clean_address, clean_city, clean_flat, clean_postal_code, clean_street};
use kiulu_domain::clean::{
    Cleaned, DateReading, DateSystem, Email, Phone, clean_boolean, clean_business_id, clean_date,
    clean_email, clean_identity_code, clean_line, clean_mark, clean_phone, clean_text,
};
use kiulu_domain::collation::{fold, sort_key};
use kiulu_domain::import::guess::guess;
use kiulu_domain::sheet::{Cell, Row};
use proptest::prelude::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// Text of any kind, and text that looks enough like the real thing to get past the first check.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-+0-9()/., ]{0,24}",
        "(\\+358|00358|0)?[ (]?[0-9]{2,3}[ )-]?[0-9]{3,4} ?[0-9]{2,4}( ?[,/;] ?0[0-9]{8,9})?",
        "[A-Za-zäö.<> \"';,]{0,12}@?[a-zäö.-]{0,12}(\\.fi|\\.com)?[.,;> ]{0,2}",
        "[0-9]{1,2}[./ -][0-9]{1,2}[./ -][0-9]{0,4}( [0-9:.]{0,5})?",
        "[0-9]{1,2}\\.? ?(tammi|helmi|elo)?(kuuta|kuu)? ?[0-9]{0,4}",
        "[A-ZÅÄÖ][A-ZÅÄÖa-zåäö'-]{0,9}( (von|ja|&|/|MAC[A-Z]{0,8}|Mc[a-z]{0,4}|[A-ZÅÄÖa-zåäö,.'-]{1,9})){0,4}",
        "[A-Za-zåäö]{2,9} ?[0-9]{0,3}[ ,-]{0,2}[a-zA-Z]?[ -]?[0-9]{0,3} ?[a-z]?,? ?(FI-)?[0-9]{0,5} ?[A-ZÅÄÖa-zåäö]{0,9}",
        "[0-3][0-9][01][0-9]{3}[-+A-Za-z][0-9]{3}[0-9A-Za-z]",
    ]
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        6 => text().prop_map(Cell::Text),
        1 => any::<f64>().prop_map(Cell::Number),
        2 => (0_u64..100_000_000_000_000).prop_map(|n| Cell::Number(n as f64)),
        1 => any::<f64>().prop_map(Cell::Duration),
        1 => any::<bool>().prop_map(Cell::Bool),
        1 => (0_i64..4_000_000_000).prop_map(|s| Cell::Date(chrono::DateTime::from_timestamp(s, 0).unwrap().naive_utc())),
        1 => any::<String>().prop_map(Cell::Error),
        1 => Just(Cell::Empty),
    ]
}

/// A cell gives a value or a problem or, where it is blank, neither; and further values only beside a first one.
fn consistent<T>(cell: &Cell, cleaned: &Cleaned<T>) -> Result<(), TestCaseError> {
    prop_assert!(!(cleaned.value.is_some() && cleaned.problem.is_some()));
    prop_assert!(cleaned.value.is_some() || cleaned.more.is_empty());
    if cell.is_blank() {
        prop_assert!(cleaned.is_blank());
    }
    Ok(())
}

/// Cleaning what cleaning gave gives the same.
fn stable(cell: &Cell, clean: impl Fn(&Cell) -> Cleaned<String>) -> Result<(), TestCaseError> {
    let first = clean(cell);
    consistent(cell, &first)?;
    for value in first.value.iter().chain(&first.more) {
        let again = clean(&Cell::Text(value.clone()));
        prop_assert_eq!(again.value.as_ref(), Some(value));
        prop_assert!(again.more.is_empty());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn cleaning_never_panics_and_is_stable(cell in cell()) {
        stable(&cell, |cell| clean_phone(cell).map(String::from))?;
        stable(&cell, |cell| clean_phone(cell).map(|phone| phone.national()))?;
        stable(&cell, |cell| clean_email(cell).map(String::from))?;
        stable(&cell, |cell| clean_date(cell, &DateReading::birth(today())).map(|day| day.to_string()))?;
        stable(&cell, |cell| clean_date(cell, &DateReading::period(today())).map(|day| day.to_string()))?;
        stable(&cell, |cell| clean_postal_code(cell).map(|found| found.code))?;
        stable(&cell, clean_city)?;
        stable(&cell, clean_flat)?;
        stable(&cell, clean_name_part)?;
        stable(&cell, clean_organisation_name)?;
        stable(&cell, clean_line)?;
        stable(&cell, clean_text)?;
        stable(&cell, |cell| clean_business_id(cell).map(String::from))?;
        consistent(&cell, &clean_street(&cell))?;
        consistent(&cell, &clean_address(&cell))?;
        consistent(&cell, &clean_boolean(&cell))?;
        consistent(&cell, &clean_mark(&cell))?;
        consistent(&cell, &clean_identity_code(&cell, today()))?;
        for order in [NameOrder::FirstLast, NameOrder::LastFirst] {
            consistent(&cell, &clean_full_name(&cell, order))?;
        }
    }

    /// A street whose flat was cut off has none left to cut.
    #[test]
    fn streets_are_cut_once(cell in cell()) {
        if let Some(found) = clean_street(&cell).value {
            let again = clean_street(&Cell::Text(found.street.clone()));
            if !found.street.is_empty() && found.flat.is_some() {
                prop_assert_eq!(again.value.map(|again| again.flat), Some(None));
            }
        }
    }

    #[test]
    fn e164_survives_the_national_form(number in "(40|41|44|45|50|9|14|2|3|6|8|10|20|29|800)[0-9]{4,8}") {
        if let Ok(phone) = Phone::parse(&format!("+358{number}")) {
            let read = clean_phone(&Cell::Text(phone.national()));
            prop_assert_eq!(read.value, Some(phone));
            prop_assert!(read.more.is_empty());
        }
    }

    #[test]
    fn foreign_numbers_survive_it_too(number in "(46|47|45|372|7|49|44|1|39)[1-9][0-9]{7,10}") {
        if let Ok(phone) = Phone::parse(&format!("+{number}")) {
            let read = clean_phone(&Cell::Text(phone.national()));
            prop_assert_eq!(read.value, Some(phone));
        }
    }

    #[test]
    fn collation_takes_any_text(a in any::<String>(), b in any::<String>()) {
        prop_assert_eq!(sort_key(&a) == sort_key(&b), sort_key(&b) == sort_key(&a));
        prop_assert_eq!(fold(&fold(&a)), fold(&a));
    }

    #[test]
    fn guessing_gives_one_answer_per_column(headers in prop::collection::vec(text(), 0..6), cells in prop::collection::vec(cell(), 0..8)) {
        let width = headers.len().max(cells.len());
        let guesses = guess(&headers, &[Row { number: 2, cells }], DateSystem::default(), &[]);
        prop_assert_eq!(guesses.len(), width);
        for (at, one) in guesses.iter().enumerate() {
            let twice = guesses.iter().skip(at + 1).any(|other| other.target == one.target);
            prop_assert!(one.target.is_repeatable() || !twice);
        }
    }
}

/// Every sendable address of the corpus is taken as it is (its domain in small letters), every never valid one refused. The cleaner
/// may mend one of the latter, but then says so and gives another address.
#[test]
fn the_address_corpus_is_judged_as_it_should_be() {
    let Some(folder) = std::env::var_os("KIULU_CORPORA") else {
        eprintln!("skipped: KIULU_CORPORA is not set");
        return;
    };
    let path = std::path::Path::new(&folder).join("6-email/addresses/isemail-cases.json");
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut sendable, mut never) = (0, 0);
    for case in &cases {
        let address = case["address"].as_str().unwrap();
        let cleaned = clean_email(&Cell::Text(address.to_owned()));
        if case["sendable"] == true {
            sendable += 1;
            assert!(Email::parse(address).is_ok(), "{case}");
            let got = cleaned.value.unwrap_or_else(|| panic!("refused: {case}"));
            assert!(
                got.as_str().eq_ignore_ascii_case(address) && cleaned.more.is_empty(),
                "{got} from {case}"
            );
        } else if case["valid_any_rfc"] == false {
            never += 1;
            assert!(Email::parse(address).is_err(), "{case}");
            assert_ne!(cleaned.value.as_ref().map(Email::as_str), Some(address), "{case}");
        }
    }
    assert!(
        sendable >= 30 && never >= 50,
        "{sendable} sendable, {never} never valid"
    );
}
