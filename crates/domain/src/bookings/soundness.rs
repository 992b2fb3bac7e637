//! Whether the settings of a resource make sense together: whatever a form sends, a command types or a laptop brings.

use super::limits::{Deadline, OfficeHours};
use super::price_list::charging_is_sound;
use super::resource::{CommonTurn, Resource};
use super::time::{DAY, MonthDay, Validity};
use super::timetable::{HolidayHours, Hours, Season, Turns};
use chrono::NaiveDate;

impl Resource {
    /// Whether every time in it ends after its beginning, every length is one, and every day of the year exists.
    pub fn is_sound(&self) -> bool {
        let limits = &self.limits;
        let deadlines = [&limits.cancel, &limits.change];
        self.deposit_cents >= 0
            && self.timetable.seasons.iter().all(season)
            && self.common_turns.iter().all(common)
            && deadlines.into_iter().flatten().all(deadline)
            && limits.heating.is_none_or(|heating| heating.turns > 0)
            && charging_is_sound(&limits.charging)
    }
}

fn season(season: &Season) -> bool {
    let own = |special: &HolidayHours| match special {
        HolidayHours::Own(own) => hours(own),
        HolidayHours::AsWeekday | HolidayHours::Closed => true,
    };
    season
        .part
        .is_none_or(|part| exists(part.from) && exists(part.to))
        && season.weekdays.iter().all(|day| hours(day))
        && own(&season.public_holidays)
        && own(&season.eve_hours)
        && turns(&season.turns)
}

/// In a leap year every day of the year is there.
fn exists(day: MonthDay) -> bool {
    NaiveDate::from_ymd_opt(2024, day.month, day.day).is_some()
}

/// Hours of a day may reach into the night that follows, but not over it, and no two of them overlap.
fn hours(hours: &[Hours]) -> bool {
    let mut sorted: Vec<(u16, u16)> = hours.iter().map(|one| (one.from, one.to)).collect();
    sorted.sort_unstable();
    sorted
        .iter()
        .all(|(from, to)| from < to && *from < DAY && *to <= 2 * DAY)
        && sorted.windows(2).all(|pair| pair[0].1 <= pair[1].0)
}

fn turns(turns: &Turns) -> bool {
    match *turns {
        Turns::Fixed { minutes, buffer } => minutes > 0 && minutes <= DAY && buffer <= DAY,
        Turns::Free {
            step,
            least,
            most,
            buffer,
        } => step > 0 && least > 0 && least <= most && buffer <= DAY,
        Turns::Nights {
            arrive,
            leave,
            least,
            most,
        } => arrive < DAY && leave <= DAY && least > 0 && least <= most,
    }
}

fn common(turn: &CommonTurn) -> bool {
    let Validity { from, to } = turn.valid;
    let ends = match (from, to) {
        (Some(from), Some(to)) => from <= to,
        _ => true,
    };
    turn.weekday < 7 && turn.from < turn.to && ends
}

fn deadline(deadline: &Deadline) -> bool {
    let open = |office: &OfficeHours| office.from < office.to && office.weekdays.contains(&true);
    deadline.office.as_ref().is_none_or(open)
}
