//! Ready-made rules of each kind of space, as houses usually have them; everything can be changed afterwards.

use super::limits::{Limits, Period, Quota, QuotaUnit};
use super::resource::{Resource, ResourceKind};
use super::time::{DAY, Minutes};
use super::timetable::{HolidayHours, Hours, Season, Timetable, Turns};
use crate::calendar::HolidayName;
use crate::id::ResourceId;

const HOUR: Minutes = 60;

/// A resource of a kind with its usual rules.
pub fn preset(id: ResourceId, kind: ResourceKind, name: &str) -> Resource {
    let fixed = |minutes| Turns::Fixed { minutes, buffer: 0 };
    let free = |least, most| Turns::Free {
        step: 30,
        least,
        most,
        buffer: 0,
    };
    let nights = |most| Turns::Nights {
        arrive: 15 * HOUR,
        leave: 12 * HOUR,
        least: 1,
        most,
    };
    // Wednesday to Saturday; every day.
    let sauna_days = [false, false, true, true, true, true, false];
    let (days, from, to, turns, most) = match kind {
        ResourceKind::Sauna => (sauna_days, 16 * HOUR, 22 * HOUR, fixed(HOUR), 1),
        ResourceKind::Laundry => ([true; 7], 7 * HOUR, 22 * HOUR, fixed(3 * HOUR), 2),
        ResourceKind::DryingRoom => ([true; 7], 7 * HOUR, 22 * HOUR, fixed(5 * HOUR), 2),
        ResourceKind::ClubRoom => ([true; 7], 8 * HOUR, 23 * HOUR, free(60, 720), 2),
        ResourceKind::GuestFlat => ([true; 7], 0, DAY, nights(7), 2),
        ResourceKind::Parking | ResourceKind::Tools => ([true; 7], 0, DAY, free(60, DAY), 2),
        ResourceKind::Charging => ([true; 7], 0, DAY, free(60, 480), 2),
        ResourceKind::Grill | ResourceKind::Other => ([true; 7], 8 * HOUR, 22 * HOUR, free(60, 360), 2),
    };
    let season = Season {
        name: String::new(),
        part: None,
        weekdays: days.map(|open| {
            if open {
                vec![Hours { from, to }]
            } else {
                Vec::new()
            }
        }),
        public_holidays: HolidayHours::AsWeekday,
        eves: match kind {
            ResourceKind::Sauna => vec![HolidayName::MidsummerEve, HolidayName::ChristmasEve],
            _ => Vec::new(),
        },
        eve_hours: HolidayHours::AsWeekday,
        turns,
    };
    Resource {
        id,
        kind,
        name: name.to_owned(),
        place: String::new(),
        capacity: None,
        key_note: String::new(),
        deposit_cents: 0,
        timetable: Timetable {
            seasons: vec![season],
        },
        common_turns: Vec::new(),
        limits: Limits {
            days_ahead: Some(match kind {
                ResourceKind::Sauna | ResourceKind::Laundry | ResourceKind::DryingRoom => 14,
                ResourceKind::GuestFlat => 180,
                _ => 60,
            }),
            quotas: vec![Quota {
                per: Period::Open,
                unit: QuotaUnit::Bookings,
                most,
            }],
            same_day_extra: kind == ResourceKind::Sauna,
            standing_per_flat: (kind == ResourceKind::Sauna).then_some(1),
            offer_minutes: Some(u32::from(DAY)),
            ..Limits::default()
        },
        retired: false,
    }
}
