//! The rules of a space read back in sentences, for the people who book it.

use crate::Words;
use chrono::NaiveDate;
use kiulu_domain::bookings::charging::Fee;
use kiulu_domain::bookings::limits::{Deadline, Limits, Period, QuotaUnit};
use kiulu_domain::bookings::price::{Price, PriceFor, PriceUnit};
use kiulu_domain::bookings::resource::{Audience, Resource, ResourceKind};
use kiulu_domain::bookings::time::{DAY, Validity};
use kiulu_domain::bookings::timetable::{HolidayHours, Hours, Season, Turns};
use serde::Serialize;

/// A space as the instructions tell it. How one gets in is not among it: a code must not hang on a wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpaceRules {
    /// What the house calls it.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// When it is open.
    pub hours: Vec<String>,
    /// In which turns, and which are common.
    pub turns: Vec<String>,
    /// What a booking must keep to.
    pub rules: Vec<String>,
    /// For what, and how much.
    pub prices: Vec<[String; 2]>,
    /// What is said where nothing costs anything.
    pub free: String,
}

/// The rules of a space as they hold on a day and later.
pub fn space_rules(words: Words, resource: &Resource, prices: &[Price], day: NaiveDate) -> SpaceRules {
    let seasons = &resource.timetable.seasons;
    let (mut hours, mut turns) = (Vec::new(), Vec::new());
    if let Some((usual, parts)) = seasons.split_last() {
        hours.extend(hours_of(words, usual));
        for season in parts {
            hours.extend(hours_of(words, season));
        }
        turns.extend(turns_of(words, &usual.turns));
        // Where a part of the year has other turns they are told with its name.
        for season in parts.iter().filter(|season| season.turns != usual.turns) {
            let named = part_of(season);
            turns.extend(
                turns_of(words, &season.turns)
                    .into_iter()
                    .map(|said| format!("{named}: {said}")),
            );
        }
    }
    turns.extend(common_turns(words, resource, day));
    let prices: Vec<_> = prices
        .iter()
        .filter(|price| price.valid.to.is_none_or(|last| last >= day))
        .map(|price| (price.cents, price_line(words, price, resource.kind)))
        .collect();
    SpaceRules {
        name: resource.name.clone(),
        place: resource.place.clone(),
        hours,
        turns,
        rules: limits_of(words, resource, prices.iter().any(|(cents, _)| *cents > 0)),
        free: match prices.is_empty() {
            true => words.say("price_free", &[]),
            false => String::new(),
        },
        prices: prices.into_iter().map(|(_, line)| line).collect(),
    }
}

fn part_of(season: &Season) -> String {
    let days = season.part.map(|part| {
        let day = |at: kiulu_domain::bookings::time::MonthDay| format!("{}.{}.", at.day, at.month);
        format!("{}–{}", day(part.from), day(part.to))
    });
    let parts = [season.name.trim().to_owned(), days.unwrap_or_default()];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn hours_of(words: Words, season: &Season) -> Vec<String> {
    let hours = words.week_hours(&season.weekdays);
    let part = part_of(season);
    let mut said = vec![match part.as_str() {
        "" => words.say("rule_hours", &[("hours", &hours)]),
        part => words.say("rule_season", &[("part", part), ("hours", &hours)]),
    }];
    match &season.public_holidays {
        HolidayHours::AsWeekday => {}
        HolidayHours::Closed => said.push(words.say("rule_public_closed", &[])),
        HolidayHours::Own(own) => {
            said.push(words.say("rule_public_own", &[("hours", &words.hours(own))]));
        }
    }
    if !season.eves.is_empty() {
        let eves = season.eves.iter().map(|name| words.holiday(*name));
        let eves = eves.collect::<Vec<_>>().join(", ");
        match &season.eve_hours {
            HolidayHours::AsWeekday => {}
            HolidayHours::Closed => said.push(words.say("rule_eves_closed", &[("eves", &eves)])),
            HolidayHours::Own(own) => {
                let hours = words.hours(own);
                said.push(words.say("rule_eves_own", &[("eves", &eves), ("hours", &hours)]));
            }
        }
    }
    said
}

fn turns_of(words: Words, turns: &Turns) -> Vec<String> {
    let mut said = vec![match *turns {
        Turns::Fixed { minutes, .. } => {
            words.say("rule_turns_fixed", &[("length", &words.length(minutes.into()))])
        }
        Turns::Free { least, most, .. } => words.say(
            "rule_turns_free",
            &[
                ("least", &words.length(least.into())),
                ("most", &words.length(most.into())),
            ],
        ),
        Turns::Nights {
            arrive,
            leave,
            least,
            most,
        } => words.say(
            "rule_turns_nights",
            &[
                ("arrive", &words.minutes(arrive)),
                ("leave", &words.minutes(leave)),
                ("least", &least.to_string()),
                ("most", &most.to_string()),
            ],
        ),
    }];
    if turns.buffer() > 0 {
        let length = words.length(turns.buffer().into());
        said.push(words.say("rule_pause", &[("length", &length)]));
    }
    said
}

fn common_turns(words: Words, resource: &Resource, day: NaiveDate) -> Vec<String> {
    let to_come = |valid: &Validity| valid.to.is_none_or(|last| last >= day);
    let mut turns: Vec<_> = resource
        .common_turns
        .iter()
        .filter(|turn| to_come(&turn.valid))
        .collect();
    turns.sort_by_key(|turn| (turn.weekday, turn.from));
    let said = |turn: &kiulu_domain::bookings::resource::CommonTurn| {
        let hours = words.hours(&[Hours {
            from: turn.from,
            to: turn.to,
        }]);
        let mut when = format!("{} {hours}", words.on_weekdays(turn.weekday));
        if let Some(first) = turn.valid.from.filter(|first| *first > day) {
            when.push(' ');
            when.push_str(&words.say("from_day", &[("day", &words.date(first))]));
        }
        if let Some(last) = turn.valid.to {
            when.push(' ');
            when.push_str(&words.say("until_day", &[("day", &words.date(last))]));
        }
        let key = match turn.audience {
            Audience::Women => "rule_common_women",
            Audience::Men => "rule_common_men",
            Audience::Mixed => "rule_common_mixed",
        };
        words.say(key, &[("when", &when)])
    };
    turns.into_iter().map(said).collect()
}

fn limits_of(words: Words, resource: &Resource, priced: bool) -> Vec<String> {
    let Limits {
        days_ahead,
        minutes_ahead,
        quotas,
        consecutive,
        same_day_extra,
        cancel,
        change,
        standing_per_flat,
        heating,
        charging,
        offer_minutes,
    } = &resource.limits;
    let mut said = vec![match days_ahead {
        Some(days) => words.count("rule_days_ahead", *days),
        None => words.say("rule_days_ahead_any", &[]),
    }];
    if let Some(minutes) = minutes_ahead.filter(|minutes| *minutes > 0) {
        said.push(words.say("rule_minutes_ahead", &[("length", &words.length(minutes))]));
    }
    for quota in quotas {
        let amount = match quota.unit {
            QuotaUnit::Bookings => words.count("amount_bookings", quota.most),
            QuotaUnit::Minutes => words.say("amount_time", &[("length", &words.length(quota.most))]),
        };
        let key = match quota.per {
            Period::Day => "quota_day",
            Period::Week => "quota_week",
            Period::Month => "quota_month",
            Period::Year => "quota_year",
            Period::Open => "quota_open",
        };
        said.push(words.say(key, &[("amount", &amount)]));
    }
    if *same_day_extra && !quotas.is_empty() {
        said.push(words.say("rule_same_day", &[]));
    }
    said.extend(consecutive.map(|most| words.count("rule_consecutive", most)));
    let standing = standing_per_flat.filter(|most| *most > 0);
    said.extend(standing.map(|most| words.count("rule_standing", most)));
    match cancel {
        None => {}
        Some(Deadline { minutes: 0, .. }) => said.push(words.say("rule_cancel_start", &[])),
        Some(deadline) => {
            said.extend(until(words, "rule_cancel", deadline));
            let late = fee(words, charging.late_cancel, priced);
            said.extend(late.map(|fee| words.say("rule_late", &[("fee", &fee)])));
        }
    }
    let no_show = fee(words, charging.no_show, priced);
    said.extend(no_show.map(|fee| words.say("rule_no_show", &[("fee", &fee)])));
    if let Some(deadline) = change.as_ref().filter(|change| change.minutes > 0) {
        let again = cancel
            .as_ref()
            .is_some_and(|cancel| cancel.office == deadline.office);
        let all = until(words, "rule_change", deadline);
        // The office's hours are told once.
        said.extend(all.into_iter().take(if again { 1 } else { 2 }));
    }
    if let Some(heating) = heating {
        let length = words.length(heating.minutes_ahead);
        let count = heating.turns.to_string();
        said.push(words.say("rule_heating", &[("count", &count), ("length", &length)]));
    }
    said.extend(offer_minutes.map(|minutes| words.say("rule_offer", &[("length", &words.length(minutes))])));
    if let Some(people) = resource.capacity.and_then(|people| u32::try_from(people).ok()) {
        said.push(words.count("rule_capacity", people));
    }
    if resource.deposit_cents > 0 {
        let amount = words.money(resource.deposit_cents);
        said.push(words.say("rule_deposit", &[("amount", &amount)]));
    }
    said
}

/// What is paid for a time that was not used: a share of a price only where there is one.
fn fee(words: Words, fee: Fee, priced: bool) -> Option<String> {
    match fee {
        Fee::Percent { percent: 0 } | Fee::Amount { cents: 0, .. } => None,
        Fee::Percent { percent: 100 } => priced.then(|| words.say("fee_whole", &[])),
        Fee::Percent { percent } => {
            priced.then(|| words.say("fee_percent", &[("percent", &percent.to_string())]))
        }
        Fee::Amount { cents, .. } => Some(words.money(cents)),
    }
}

fn until(words: Words, key: &str, deadline: &Deadline) -> Vec<String> {
    let mut said = vec![words.say(key, &[("length", &words.length(deadline.minutes))])];
    if let Some(office) = deadline.office {
        let week = office.weekdays.map(|open| match open {
            true => vec![Hours {
                from: office.from,
                to: office.to,
            }],
            false => Vec::new(),
        });
        said.push(words.say("rule_office", &[("hours", &words.week_hours(&week))]));
    }
    said
}

/// What a price is for, and how much: `Yksittäinen varaus, pe, la` and `8,00 € vuorolta (sis. alv 25,5 %)`.
fn price_line(words: Words, price: &Price, kind: ResourceKind) -> [String; 2] {
    let key = match price.unit {
        PriceUnit::Month => "price_standing",
        _ => "price_single",
    };
    let mut what = vec![words.say(key, &[])];
    if let Some(part) = price.part {
        what.push(format!(
            "{}.{}.–{}.{}.",
            part.from.day, part.from.month, part.to.day, part.to.month
        ));
    }
    if price.weekdays.contains(&false) {
        let days = (0..7).filter(|place| price.weekdays[*place as usize]);
        what.extend(days.map(|place| words.weekday_short(place).to_owned()));
    }
    if price.from > 0 {
        what.push(words.say("price_from", &[("time", &words.minutes(price.from))]));
    }
    if price.to < DAY {
        what.push(words.say("price_before", &[("time", &words.minutes(price.to))]));
    }
    if let Some(longest) = price.longest {
        what.push(words.say("price_longest", &[("length", &words.length(longest.into()))]));
    }
    match price.price_for {
        PriceFor::Everyone => {}
        PriceFor::Residents => what.push(words.say("price_residents", &[])),
        PriceFor::Outsiders => what.push(words.say("price_outsiders", &[])),
    }
    if let Some(first) = price.valid.from {
        what.push(words.say("from_day", &[("day", &words.date(first))]));
    }
    if let Some(last) = price.valid.to {
        what.push(words.say("until_day", &[("day", &words.date(last))]));
    }
    let turns = matches!(
        kind,
        ResourceKind::Sauna | ResourceKind::Laundry | ResourceKind::DryingRoom
    );
    let key = match price.unit {
        PriceUnit::Turn if turns => "price_turn",
        PriceUnit::Turn => "price_booking",
        PriceUnit::Hour => "price_hour",
        PriceUnit::Night => "price_night",
        PriceUnit::Month => "price_month",
    };
    [what.join(", "), with_vat(words, key, price)]
}

fn with_vat(words: Words, key: &str, price: &Price) -> String {
    let amount = words.say(key, &[("amount", &words.money(price.cents))]);
    if price.vat_tenths == 0 {
        return amount;
    }
    let vat = words.say("price_vat", &[("rate", &words.rate(price.vat_tenths))]);
    format!("{amount} ({vat})")
}

/// What a standing shift costs a month by a price list on a day: nothing where it costs nothing.
pub(crate) fn monthly(words: Words, prices: &[Price], day: NaiveDate, weekday: u32) -> Option<String> {
    let price = prices.iter().find(|price| {
        price.unit == PriceUnit::Month
            && price.valid.contains(day)
            && price.weekdays[weekday as usize % 7]
            && price.price_for != PriceFor::Outsiders
    })?;
    Some(with_vat(words, "price_month", price))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiulu_domain::bookings::charging::Charging;
    use kiulu_domain::bookings::limits::{Heating, OfficeHours, Quota};
    use kiulu_domain::bookings::presets::preset;
    use kiulu_domain::bookings::resource::CommonTurn;
    use kiulu_domain::bookings::time::{MonthDay, YearPart};
    use kiulu_domain::id::{PriceId, ResourceId};
    use kiulu_domain::organisation::Language;

    fn day() -> NaiveDate {
        "2026-11-29".parse().unwrap()
    }

    fn sauna() -> Resource {
        let mut sauna = preset(ResourceId(uuid::Uuid::nil()), ResourceKind::Sauna, "Sauna");
        sauna.key_note = "Ovikoodi 4711".into();
        sauna
    }

    fn price(unit: PriceUnit, cents: i64) -> Price {
        Price {
            id: PriceId(uuid::Uuid::nil()),
            resource: ResourceId(uuid::Uuid::nil()),
            valid: Validity::default(),
            part: None,
            weekdays: [true; 7],
            from: 0,
            to: DAY,
            longest: None,
            price_for: PriceFor::Everyone,
            unit,
            cents,
            vat_tenths: 255,
        }
    }

    fn plain(rules: &SpaceRules) -> String {
        let all = [&rules.hours, &rules.turns, &rules.rules].map(|some| some.join("\n"));
        let prices = rules.prices.iter().map(|line| line.join(": "));
        let prices = prices.collect::<Vec<_>>().join("\n");
        format!("{}\n{prices}\n{}", all.join("\n"), rules.free).replace('\u{a0}', " ")
    }

    #[test]
    fn every_limit_has_its_sentence() {
        let mut sauna = sauna();
        let evening = HolidayHours::Own(vec![Hours { from: 960, to: 1080 }]);
        sauna.timetable.seasons[0].eve_hours = evening;
        sauna.timetable.seasons[0].public_holidays = HolidayHours::Closed;
        let mut summer = sauna.timetable.seasons[0].clone();
        summer.name = "Kesä".into();
        summer.part = Some(YearPart {
            from: MonthDay { month: 6, day: 1 },
            to: MonthDay { month: 8, day: 31 },
        });
        summer.turns = Turns::Fixed {
            minutes: 40,
            buffer: 20,
        };
        sauna.timetable.seasons.insert(0, summer);
        sauna.common_turns.push(CommonTurn {
            weekday: 4,
            from: 1080,
            to: 1200,
            audience: Audience::Women,
            valid: Validity::default(),
        });
        sauna.capacity = Some(8);
        sauna.deposit_cents = 5000;
        sauna.limits = Limits {
            days_ahead: Some(14),
            minutes_ahead: Some(120),
            quotas: vec![
                Quota {
                    per: Period::Week,
                    unit: QuotaUnit::Bookings,
                    most: 1,
                },
                Quota {
                    per: Period::Open,
                    unit: QuotaUnit::Bookings,
                    most: 2,
                },
                Quota {
                    per: Period::Month,
                    unit: QuotaUnit::Minutes,
                    most: 240,
                },
            ],
            consecutive: Some(1),
            same_day_extra: true,
            cancel: Some(Deadline {
                minutes: 1440,
                office: Some(OfficeHours {
                    weekdays: [true, true, true, true, true, false, false],
                    from: 480,
                    to: 900,
                }),
            }),
            change: None,
            standing_per_flat: Some(1),
            heating: Some(Heating {
                turns: 3,
                minutes_ahead: 180,
            }),
            offer_minutes: Some(12 * 60),
            charging: Charging {
                late_cancel: Fee::Percent { percent: 50 },
                no_show: Fee::Amount {
                    cents: 1000,
                    vat_tenths: 255,
                },
                ..Charging::default()
            },
        };
        let prices = [price(PriceUnit::Turn, 850), price(PriceUnit::Month, 2500)];
        let said = plain(&space_rules(Words::of(Language::Fi), &sauna, &prices, day()));
        for sentence in [
            "Auki ke–la 16.00–22.00.",
            "Kesä 1.6.–31.8.: auki ke–la 16.00–22.00.",
            "Pyhäpäivinä suljettu.",
            "Auki 16.00–18.00 aattoina: juhannusaatto, jouluaatto.",
            "Vuoron pituus on 1 tunti.",
            "Kesä 1.6.–31.8.: Vuoron pituus on 40 minuuttia.",
            "Vuorojen välissä on taukoa 20 minuuttia.",
            "Yhteinen vuoro naisille perjantaisin 18.00–20.00.",
            "Varauksen voi tehdä aikaisintaan 14 päivää ennen.",
            "Varaus on tehtävä viimeistään 2 tuntia ennen alkua.",
            "Huoneistolla saa olla viikossa yksi varaus.",
            "Huoneistolla saa olla kerrallaan tulossa enintään 2 varausta.",
            "Huoneistolla saa olla kuukaudessa enintään 4 tuntia.",
            "Saman päivän vapaan vuoron saa ottaa tämän lisäksi.",
            "Samalla huoneistolla ei saa olla kahta vuoroa peräkkäin.",
            "Huoneistolla saa olla yksi vakiovuoro.",
            "Varaus on peruttava viimeistään 1 päivä ennen alkua",
            "Myöhemmin perutusta peritään 50 % hinnasta.",
            "Käyttämättä jätetystä varauksesta peritään 10,00 €.",
            "Ilmoituksia otetaan vastaan ma–pe 8.00–15.00",
            "Kiuas lämmitetään, kun peräkkäisiä vuoroja on vähintään 3.",
            "jonossa seuraavalla on vastausaikaa 12 tuntia.",
            "Tila on enintään 8 hengelle.",
            "Takuumaksu on 50,00 €.",
            "Yksittäinen varaus: 8,50 € vuorolta (sis. alv 25,5 %)",
            "Vakiovuoro: 25,00 € kuukaudessa (sis. alv 25,5 %)",
        ] {
            assert!(said.contains(sentence), "{sentence} is missing from\n{said}");
        }
    }

    #[test]
    fn how_one_gets_in_is_not_told() {
        for language in [Language::Fi, Language::Sv, Language::En] {
            let rules = space_rules(Words::of(language), &sauna(), &[], day());
            assert!(!serde_json::to_string(&rules).unwrap().contains("4711"));
        }
    }

    #[test]
    fn prices_say_when_and_for_whom_they_are() {
        let words = Words::of(Language::Fi);
        let evening = Price {
            weekdays: [false, false, false, false, true, true, false],
            from: 1080,
            price_for: PriceFor::Residents,
            ..price(PriceUnit::Turn, 800)
        };
        let old = Price {
            valid: Validity {
                from: None,
                to: "2026-11-28".parse().ok(),
            },
            ..price(PriceUnit::Turn, 700)
        };
        let rules = space_rules(words, &sauna(), &[old, evening], day());
        assert_eq!(rules.prices.len(), 1);
        assert_eq!(
            rules.prices[0][0],
            "Yksittäinen varaus, pe, la, klo 18.00 alkaen, asukkaat"
        );
        assert!(plain(&rules).contains("Käyttämättä jätetystä varauksesta peritään koko hinta."));
        let nothing = space_rules(words, &sauna(), &[], day());
        assert_eq!(nothing.free, "Käyttö on maksutonta.");
        assert!(!plain(&nothing).contains("peritään"));
    }
}
