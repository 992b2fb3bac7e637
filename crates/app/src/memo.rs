//! What was worked out last of each organisation: pages ask the same again and again while nothing changes.

use crate::{App, Result};
use chrono::NaiveDate;
use kiulu_domain::id::{ChangeId, OrganisationId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// When an answer was worked out; another change or another day makes it anew. The newest change stays the same when others' changes
/// come in below it, and the number of changes then does not.
type Moment = (i64, Option<ChangeId>, NaiveDate);

/// The last answer to one question about each organisation. Who asks while it is worked out waits for it.
pub(crate) struct Memo<T>(Mutex<HashMap<OrganisationId, (Moment, T)>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Memo<T> {
    pub(crate) fn get(
        &self,
        app: &App,
        organisation: OrganisationId,
        work_out: impl FnOnce(NaiveDate) -> Result<T>,
    ) -> Result<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = app.today(organisation)?;
        let store = app.store(organisation)?;
        let moment = (store.last_seq()?, store.newest_change()?, today);
        if let Some((of, answer)) = kept.get(&organisation)
            && *of == moment
        {
            return Ok(answer.clone());
        }
        let answer = work_out(today)?;
        kept.insert(organisation, (moment, answer.clone()));
        Ok(answer)
    }
}
