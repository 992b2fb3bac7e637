//! Events as tables: what a file says, and when things happen.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::NaiveDate;
use chrono_tz::Tz;
use kiulu_icalendar::{Feed, Refusal, Unread, When, read};

const HOME: Tz = Tz::Europe__Helsinki;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A calendar with one event.
fn event(lines: &[&str]) -> Feed {
    file(&[&["BEGIN:VEVENT", "UID:1"], lines, &["END:VEVENT"]].concat())
}

fn file(lines: &[&str]) -> Feed {
    let text = [&["BEGIN:VCALENDAR", "VERSION:2.0"], lines, &["END:VCALENDAR"]].concat();
    read(text.join("\r\n").as_bytes(), HOME).unwrap()
}

/// The times of 2026 as "begin/end" in UTC without seconds, days as they are; cancelled ones in brackets.
fn times(feed: &Feed) -> Vec<String> {
    let found = feed.occurrences(day("2026-01-01"), day("2027-01-01"));
    found
        .occurrences
        .iter()
        .map(|one| {
            let text = match one.when {
                When::Days { from, to } => format!("{}/{}", from.format("%m%d"), to.format("%m%d")),
                _ => format!(
                    "{}/{}",
                    one.start.format("%m%dT%H%M"),
                    one.end.format("%m%dT%H%M")
                ),
            };
            if one.cancelled { format!("({text})") } else { text }
        })
        .collect()
}

fn unread(feed: &Feed) -> Vec<(u32, Unread)> {
    feed.unread
        .iter()
        .map(|unread| (unread.line, unread.what.clone()))
        .collect()
}

#[test]
fn an_event_is_as_long_as_it_says() {
    for (lines, expected) in [
        (
            &["DTSTART:20260301T100000Z", "DTEND:20260301T113000Z"][..],
            "0301T1000/0301T1130",
        ),
        (
            &["DTSTART:20260301T100000Z", "DURATION:PT45M"],
            "0301T1000/0301T1045",
        ),
        (&["DTSTART:20260301T100000Z"], "0301T1000/0301T1000"),
        (&["DTSTART;VALUE=DATE:20260301"], "0301/0302"),
        (&["DTSTART:20260301"], "0301/0302"),
        (
            &["DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260304"],
            "0301/0304",
        ),
        (&["DTSTART;VALUE=DATE:20260301", "DURATION:P2D"], "0301/0303"),
        // On no wall but the house's.
        (
            &["DTSTART:20260301T100000", "DTEND:20260301T110000"],
            "0301T0800/0301T0900",
        ),
        (
            &["DTSTART;TZID=Europe/Stockholm:20260301T100000", "DURATION:PT1H"],
            "0301T0900/0301T1000",
        ),
        // It may end in another zone than it begins in.
        (
            &[
                "DTSTART;TZID=Europe/Helsinki:20260301T100000",
                "DTEND;TZID=Europe/Stockholm:20260301T100000",
            ],
            "0301T0800/0301T0900",
        ),
        // A calendar day over the night when the clocks go forward, and so many hours.
        (
            &["DTSTART;TZID=Europe/Helsinki:20260328T180000", "DURATION:P1D"],
            "0328T1600/0329T1500",
        ),
        (
            &["DTSTART;TZID=Europe/Helsinki:20260328T180000", "DURATION:PT24H"],
            "0328T1600/0329T1600",
        ),
        (
            &["DTSTART:20260301T100000Z", "DTEND:20260301T090000Z"],
            "0301T1000/0301T1000",
        ),
    ] {
        assert_eq!(times(&event(lines)), [expected], "{lines:?}");
    }
}

#[test]
fn series_rest_come_besides_and_differ() {
    let daily = [
        "DTSTART:20260301T100000Z",
        "DTEND:20260301T110000Z",
        "RRULE:FREQ=DAILY;COUNT=4",
    ];
    for (lines, expected) in [
        (
            &[][..],
            &[
                "0301T1000/0301T1100",
                "0302T1000/0302T1100",
                "0303T1000/0303T1100",
                "0304T1000/0304T1100",
            ][..],
        ),
        (
            &["EXDATE:20260302T100000Z,20260303T100000Z"],
            &["0301T1000/0301T1100", "0304T1000/0304T1100"],
        ),
        (
            &["EXDATE;VALUE=DATE:20260302", "EXDATE:20260303T120000Z"],
            &[
                "0301T1000/0301T1100",
                "0303T1000/0303T1100",
                "0304T1000/0304T1100",
            ],
        ),
        (
            &["EXDATE;TZID=Europe/Helsinki:20260301T120000,20260302T120000,20260303T120000"],
            &["0304T1000/0304T1100"],
        ),
        (
            &["EXRULE:FREQ=DAILY;INTERVAL=2"],
            &["0302T1000/0302T1100", "0304T1000/0304T1100"],
        ),
        (
            &[
                "EXRULE:FREQ=DAILY;COUNT=4",
                "RDATE:20260310T100000Z",
                "RDATE;VALUE=PERIOD:20260311T100000Z/PT3H,20260312T100000Z/20260312T103000Z",
            ],
            &[
                "0310T1000/0310T1100",
                "0311T1000/0311T1300",
                "0312T1000/0312T1030",
            ],
        ),
        // Twice the same is once.
        (
            &["RDATE:20260301T100000Z", "RRULE:FREQ=DAILY;COUNT=1"],
            &[
                "0301T1000/0301T1100",
                "0302T1000/0302T1100",
                "0303T1000/0303T1100",
                "0304T1000/0304T1100",
            ],
        ),
    ] {
        assert_eq!(times(&event(&[&daily, lines].concat())), expected, "{lines:?}");
    }
}

fn series(rest: &[&str]) -> Feed {
    let whole = [
        "BEGIN:VEVENT",
        "UID:1",
        "SEQUENCE:1",
        "DTSTART;TZID=Europe/Helsinki:20260327T180000",
        "DTEND;TZID=Europe/Helsinki:20260327T190000",
        "RRULE:FREQ=DAILY;COUNT=4",
        "END:VEVENT",
    ];
    file(&[&whole[..], rest].concat())
}

#[test]
fn single_times_are_moved_and_cancelled() {
    let usual = [
        "0327T1600/0327T1700",
        "0328T1600/0328T1700",
        "0329T1500/0329T1600",
        "0330T1500/0330T1600",
    ];
    let moved = |id: &'static str, more: &'static [&'static str]| {
        let event = ["BEGIN:VEVENT", "UID:1", "SEQUENCE:1", id];
        series(&[&event[..], more, &["END:VEVENT"]].concat())
    };
    let at_noon = &["DTSTART;TZID=Europe/Helsinki:20260328T120000", "DURATION:PT2H"][..];
    for id in [
        "RECURRENCE-ID;TZID=Europe/Helsinki:20260328T180000",
        "RECURRENCE-ID:20260328T160000Z",
        "RECURRENCE-ID;VALUE=DATE:20260328",
    ] {
        assert_eq!(
            times(&moved(id, at_noon)),
            [usual[0], "0328T1000/0328T1200", usual[2], usual[3]],
            "{id}"
        );
    }
    let cancelled = moved("RECURRENCE-ID:20260328T160000Z", &["STATUS:CANCELLED"]);
    assert_eq!(
        times(&cancelled),
        [usual[0], "(0328T1600/0328T1600)", usual[2], usual[3]]
    );
    // What is older than the series and no time of it any more is over.
    let outdated = series(&[
        "BEGIN:VEVENT",
        "UID:1",
        "SEQUENCE:0",
        "RECURRENCE-ID:20260401T160000Z",
        "DTSTART:20260401T100000Z",
        "END:VEVENT",
    ]);
    assert_eq!(times(&outdated), usual);
    // The newest of two events of one time counts, wherever it stands.
    let twice = series(&[
        "BEGIN:VEVENT",
        "UID:1",
        "SEQUENCE:3",
        "RECURRENCE-ID:20260328T160000Z",
        "DTSTART:20260328T100000Z",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:1",
        "SEQUENCE:2",
        "RECURRENCE-ID:20260328T160000Z",
        "DTSTART:20260328T110000Z",
        "END:VEVENT",
    ]);
    assert_eq!(times(&twice)[1], "0328T1000/0328T1000");
}

#[test]
fn all_later_times_are_moved_together() {
    let feed = series(&[
        "BEGIN:VEVENT",
        "UID:1",
        "SEQUENCE:1",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Helsinki:20260328T180000",
        "DTSTART;TZID=Europe/Helsinki:20260328T200000",
        "DTEND;TZID=Europe/Helsinki:20260328T203000",
        "SUMMARY:Myöhemmin",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:1",
        "SEQUENCE:1",
        "RECURRENCE-ID;TZID=Europe/Helsinki:20260330T180000",
        "DTSTART;TZID=Europe/Helsinki:20260330T060000",
        "END:VEVENT",
    ]);
    // At eight on the wall, also after the clocks have gone forward.
    assert_eq!(
        times(&feed),
        [
            "0327T1600/0327T1700",
            "0328T1800/0328T1830",
            "0329T1700/0329T1730",
            "0330T0300/0330T0300"
        ]
    );
    let found = feed.occurrences(day("2026-03-29"), day("2026-03-30"));
    assert_eq!(found.occurrences[0].event.summary, "Myöhemmin");
    assert_eq!(found.occurrences[0].slot, "20260329T150000Z");
}

#[test]
fn a_rule_ends_by_its_own_clock() {
    for (until, times_left) in [
        ("20260402T150000Z", 2),
        ("20260402T145959Z", 1),
        ("20260402T180000", 2),
        ("20260402T175959", 1),
        ("20260402", 1),
        ("20260403", 2),
    ] {
        let rule = format!("RRULE:FREQ=WEEKLY;UNTIL={until}");
        let feed = event(&["DTSTART;TZID=Europe/Helsinki:20260326T180000", &rule]);
        assert_eq!(times(&feed).len(), times_left, "{until}");
    }
    // Days count as days.
    let feed = event(&["DTSTART;VALUE=DATE:20260326", "RRULE:FREQ=WEEKLY;UNTIL=20260402"]);
    assert_eq!(times(&feed), ["0326/0327", "0402/0403"]);
}

#[test]
fn the_clocks_move() {
    let feed = event(&[
        "DTSTART;TZID=Europe/Helsinki:20260328T033000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=3",
    ]);
    assert_eq!(
        times(&feed),
        [
            "0328T0130/0328T0230",
            "0329T0130/0329T0230",
            "0330T0030/0330T0130"
        ]
    );
    let feed = event(&[
        "DTSTART;TZID=Europe/Helsinki:20261024T033000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=3",
    ]);
    assert_eq!(
        times(&feed),
        [
            "1024T0030/1024T0130",
            "1025T0030/1025T0130",
            "1026T0130/1026T0230"
        ]
    );
}

#[test]
fn a_zone_of_the_file_holds_wherever_it_stands() {
    let zone = [
        "BEGIN:VTIMEZONE",
        "TZID:Taloyhtiön aika",
        "BEGIN:STANDARD",
        "DTSTART:19961027T040000",
        "TZOFFSETFROM:+0300",
        "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19810329T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0300",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ];
    let event = [
        "BEGIN:VEVENT",
        "DTSTART;TZID=Taloyhtiön aika:20260328T033000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=3",
        "END:VEVENT",
    ];
    let expected = [
        "0328T0130/0328T0230",
        "0329T0130/0329T0230",
        "0330T0030/0330T0130",
    ];
    assert_eq!(times(&file(&[&zone[..], &event].concat())), expected);
    assert_eq!(times(&file(&[&event[..], &zone].concat())), expected);
    let without = file(&event);
    assert_eq!(
        unread(&without),
        [(
            4,
            Unread::Zone {
                name: "Taloyhtiön aika".into()
            }
        )]
    );
    assert_eq!(times(&without), expected, "Helsinki is home");
}

#[test]
fn calendars_may_be_several_and_cancel() {
    let feed = read(
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260301T100000Z\nEND:VEVENT\nEND:VCALENDAR\n\
          BEGIN:VCALENDAR\nMETHOD:CANCEL\nBEGIN:VEVENT\nUID:b\nDTSTART:20260302T100000Z\nEND:VEVENT\nEND:VCALENDAR\n",
        HOME,
    )
    .unwrap();
    assert_eq!(times(&feed), ["0301T1000/0301T1000", "(0302T1000/0302T1000)"]);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_the_rest_stands() {
    let feed = read(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:huomenna\nEND:VEVENT\nHei asukkaat\nBEGIN:VEVENT\nUID:b\n\
         DTSTART:20260301T100000Z\nRRULE:FREQ=SOMETIMES\nDTEND:later\nEXDATE:never\nEND:VEVENT\nEND:VTODO\n\
         BEGIN:VEVENT\nUID:c\nDTSTART:20260302T100000Z\nRRULE:FREQ=DAILY;COUNT=1;BYMOON=FULL\n"
            .as_bytes(),
        HOME,
    )
    .unwrap();
    use Unread::{Date, End, Line, Rule, RulePart, Start, Unbalanced};
    assert_eq!(
        unread(&feed),
        [
            (4, Start),
            (6, Line),
            (10, Rule),
            (11, End),
            (12, Date),
            (14, Unbalanced),
            (18, Unbalanced),
            (18, RulePart)
        ]
    );
    assert_eq!(times(&feed), ["0301T1000/0301T1000", "0302T1000/0302T1000"]);
}

#[test]
fn a_first_time_beside_its_rule_is_told() {
    let feed = event(&["DTSTART:20260302T100000Z", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2"]);
    let found = feed.occurrences(day("2026-01-01"), day("2027-01-01"));
    assert_eq!(times(&feed), ["0303T1000/0303T1000", "0310T1000/0310T1000"]);
    assert_eq!(found.unread[0].what, Unread::First);
}

#[test]
fn what_is_no_calendar_is_refused() {
    for bytes in [
        &b""[..],
        b"\0\0\0",
        b"Etunimi;Sukunimi\nAnna;M\xe4ki\n",
        b"BEGIN:VCARD\nFN:Anna\nEND:VCARD\n",
    ] {
        assert_eq!(read(bytes, HOME).err(), Some(Refusal::NotACalendar));
    }
    assert_eq!(
        read(&vec![b'\n'; (32 << 20) + 1], HOME).err(),
        Some(Refusal::TooLarge)
    );
}

#[test]
fn no_rule_runs_long() {
    let begun = std::time::Instant::now();
    for rule in [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;COUNT=9223372036854775808",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYHOUR=25",
        "FREQ=MINUTELY;INTERVAL=9223372036854775807",
        "FREQ=YEARLY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;INTERVAL=9223372036854775807;COUNT=3",
        "FREQ=MONTHLY;INTERVAL=9223372036854775807",
        "FREQ=WEEKLY;INTERVAL=9223372036854775807",
        "FREQ=YEARLY;BYDAY=53MO;BYMONTH=2",
        "FREQ=YEARLY;BYYEARDAY=366;BYSETPOS=366;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
        "FREQ=SECONDLY;BYSETPOS=-1;BYSECOND=59;BYMINUTE=59;BYHOUR=23;BYYEARDAY=-1;COUNT=3",
    ] {
        for start in ["00010101T000000Z", "19700101T000000", "99991231T235959Z"] {
            let rule = format!("RRULE:{rule}");
            let feed = event(&[
                &format!("DTSTART:{start}"),
                "DURATION:P36500D",
                &rule,
                &rule.replace("RRULE", "EXRULE"),
            ]);
            feed.occurrences(day("2026-01-01"), day("2026-02-01"));
            feed.occurrences(day("0001-01-01"), NaiveDate::MAX);
        }
    }
    assert!(begun.elapsed().as_secs() < 120, "{:?}", begun.elapsed());
}

#[test]
fn no_nesting_is_too_deep() {
    let deep = format!(
        "BEGIN:VCALENDAR\n{}{}",
        "BEGIN:VEVENT\n".repeat(300_000),
        "END:VEVENT\n".repeat(300_000)
    );
    let feed = read(deep.as_bytes(), HOME).unwrap();
    assert!(feed.unread.iter().any(|unread| unread.what == Unread::TooDeep));
}
