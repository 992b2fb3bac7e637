//! When to synchronise next: at once when there is something to hand over or to take in, later and later while it fails.

use crate::Problem;
use std::time::Duration;

/// So often the log is asked although nothing was heard of it: a stream may have broken without a word.
const USUAL: Duration = Duration::from_secs(60);

/// The first pause after a failure; each further one doubles it.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause while the endpoint does not answer.
const LONGEST: Duration = Duration::from_secs(120);

/// The pause after something that does not pass by itself.
const STOPPED: Duration = Duration::from_secs(600);

/// What a failure means for the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failing {
    /// It may work in a moment.
    Passing,
    /// Somebody has to do something first.
    Lasting,
}

impl Failing {
    pub(crate) fn of(problem: &Problem) -> Self {
        match problem {
            Problem::EndpointUnreachable
            | Problem::EndpointForeign
            | Problem::EndpointBusy
            | Problem::SyncBusy
            | Problem::FileBusy => Self::Passing,
            _ => Self::Lasting,
        }
    }
}

/// The pace of one organisation. Times are since any fixed moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pace {
    failures: u32,
    due: Duration,
}

/// What speaks for synchronising now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Signs {
    /// The log has grown.
    pub(crate) heard: bool,
    /// Something was written here.
    pub(crate) written: bool,
    /// The user asks for it.
    pub(crate) asked: bool,
}

impl Pace {
    /// Whether to synchronise now.
    pub(crate) fn is_due(&self, now: Duration, signs: Signs) -> bool {
        let news = signs.heard || signs.written;
        signs.asked || now >= self.due || (news && self.failures == 0)
    }

    pub(crate) fn after_success(now: Duration) -> Self {
        Self {
            failures: 0,
            due: now + USUAL,
        }
    }

    /// `jitter` is from 0 to 1: laptops that lost the same endpoint do not all come back at once.
    pub(crate) fn after_failure(self, now: Duration, failing: Failing, jitter: f64) -> Self {
        let longest = match failing {
            Failing::Passing => (FIRST * 2u32.saturating_pow(self.failures.min(16))).min(LONGEST),
            Failing::Lasting => STOPPED,
        };
        Self {
            failures: self.failures.saturating_add(1),
            due: now + longest.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0),
        }
    }

    /// How long until the next attempt.
    pub(crate) fn wait(&self, now: Duration) -> Duration {
        self.due.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWS: Signs = Signs {
        heard: true,
        written: false,
        asked: false,
    };
    const ASKED: Signs = Signs {
        heard: false,
        written: false,
        asked: true,
    };

    #[test]
    fn news_are_fetched_at_once_and_silence_is_not_trusted_for_long() {
        let pace = Pace::default();
        assert!(pace.is_due(Duration::ZERO, Signs::default()));
        let pace = Pace::after_success(Duration::from_secs(5));
        assert!(!pace.is_due(Duration::from_secs(6), Signs::default()));
        assert!(pace.is_due(Duration::from_secs(6), NEWS));
        assert!(pace.is_due(Duration::from_secs(65), Signs::default()));
    }

    #[test]
    fn pauses_double_up_to_two_minutes_and_only_the_user_shortens_them() {
        let mut pace = Pace::default();
        let now = Duration::from_secs(1000);
        let mut waits = Vec::new();
        for _ in 0..9 {
            pace = pace.after_failure(now, Failing::Passing, 1.0);
            waits.push(pace.wait(now).as_secs());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
        assert!(!pace.is_due(now, NEWS));
        assert!(pace.is_due(now, ASKED));
        assert!(pace.is_due(now + LONGEST, Signs::default()));
    }

    #[test]
    fn the_pause_is_drawn_from_its_upper_half() {
        let now = Duration::ZERO;
        for (jitter, expected) in [(0.0, 300.0), (0.5, 450.0), (1.0, 600.0), (9.0, 600.0)] {
            let pace = Pace::default().after_failure(now, Failing::Lasting, jitter);
            assert_eq!(pace.wait(now).as_secs_f64(), expected);
        }
    }
}
