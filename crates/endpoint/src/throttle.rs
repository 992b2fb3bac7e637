//! How often one device and one address may ask.

use crate::Refusal;
use crate::options::Limits;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use kiulu_wire::OrganisationId;
use kiulu_wire::request::Signer;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

/// Three measures: of a device within an organisation, of an address, and of foundings from an address.
#[derive(Debug)]
pub(crate) struct Throttle {
    clock: DefaultClock,
    devices: Option<DefaultKeyedRateLimiter<(OrganisationId, Signer)>>,
    addresses: Option<DefaultKeyedRateLimiter<IpAddr>>,
    foundings: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

impl Throttle {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            clock: DefaultClock::default(),
            devices: keyed(NonZeroU32::new(limits.device_rate).map(per_second)),
            addresses: keyed(NonZeroU32::new(limits.address_rate).map(per_second)),
            foundings: keyed(NonZeroU32::new(limits.foundings).map(Quota::per_hour)),
        }
    }

    pub(crate) fn device(&self, organisation: OrganisationId, signer: Signer) -> Result<(), Refusal> {
        self.check(self.devices.as_ref(), &(organisation, signer))
    }

    pub(crate) fn address(&self, address: IpAddr) -> Result<(), Refusal> {
        self.check(self.addresses.as_ref(), &network(address))
    }

    pub(crate) fn founding(&self, address: IpAddr) -> Result<(), Refusal> {
        self.check(self.foundings.as_ref(), &network(address))
    }

    fn check<K: Hash + Eq + Clone>(
        &self,
        limiter: Option<&DefaultKeyedRateLimiter<K>>,
        key: &K,
    ) -> Result<(), Refusal> {
        let Some(Err(until)) = limiter.map(|limiter| limiter.check_key(key)) else {
            return Ok(());
        };
        let wait = until.wait_time_from(self.clock.now());
        Err(Refusal::wait(wait.as_secs() + 1))
    }

    /// Forgets those who have not asked for a while.
    pub(crate) fn sweep(&self) {
        if let Some(limiter) = &self.devices {
            limiter.retain_recent();
        }
        for limiter in [&self.addresses, &self.foundings].into_iter().flatten() {
            limiter.retain_recent();
        }
    }
}

/// Ten seconds' worth may come at once: a device that was away for a week catches up in one go.
fn per_second(rate: NonZeroU32) -> Quota {
    Quota::per_second(rate).allow_burst(rate.saturating_mul(TEN))
}

const TEN: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

fn keyed<K: Hash + Eq + Clone>(quota: Option<Quota>) -> Option<DefaultKeyedRateLimiter<K>> {
    quota.map(DefaultKeyedRateLimiter::keyed)
}

/// A house has one IPv4 address, or a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        address => address,
    }
}
