//! Shared spaces: the calendar, bookings, standing shifts, and what is out of use.

use super::commands;
use chrono::NaiveDate;
use kiulu_app::{
    BookingAnswer, BookingRequest, Calendar, Changed, FlatBookings, FlatMessage, HitInfo, Planned, SpaceInfo,
    WaitingInfo,
};
use kiulu_domain::bookings::booking::Blackout;
use kiulu_domain::bookings::charging::Charging;
use kiulu_domain::bookings::price::Price;
use kiulu_domain::bookings::resource::{Resource, ResourceKind};
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::Span;
use kiulu_domain::bookings::usage::SpaceUse;
use kiulu_domain::id::{
    BlackoutId, BookingId, FlatId, OrganisationId, ResourceId, StandingShiftId, WaitingId,
};

commands! {
    /// Everything that can be booked.
    resources(organisation: OrganisationId) -> Vec<Resource> = |app| app.resources(organisation);
    /// A space of a kind with the usual rules, not saved yet.
    resource_preset(kind: ResourceKind, name: String) -> Resource = |app| Ok(app.resource_preset(kind, &name));
    /// Adds a space or changes its name and rules.
    save_resource(organisation: OrganisationId, resource: Resource) -> Changed
        = |app| app.save_resource(organisation, &resource);
    /// Removes a space that nobody ever booked.
    delete_resource(organisation: OrganisationId, id: ResourceId) -> Changed = |app| app.delete_resource(organisation, id);
    /// Adds a space together with its price list.
    add_resource(organisation: OrganisationId, resource: Resource, prices: Vec<Price>) -> Changed
        = |app| app.add_resource(organisation, &resource, &prices);
    /// The price list of a space.
    prices(organisation: OrganisationId, resource: ResourceId) -> Vec<Price> = |app| app.prices(organisation, resource);
    /// Writes the whole price list of a space and how it is charged for, from a day on.
    save_prices(organisation: OrganisationId, resource: ResourceId, prices: Vec<Price>, charging: Charging, from: NaiveDate) -> Changed
        = |app| app.save_prices(organisation, resource, &prices, &charging, from);
    /// Days of a space from one to another.
    calendar(organisation: OrganisationId, resource: ResourceId, from: NaiveDate, to: NaiveDate) -> Calendar
        = |app| app.calendar(organisation, resource, from, to);
    /// One day of several spaces.
    calendars(organisation: OrganisationId, resources: Vec<ResourceId>, day: NaiveDate) -> Vec<Calendar>
        = |app| app.calendars(organisation, &resources, day);
    /// A week as settings that need not be saved would make it.
    preview_week(organisation: OrganisationId, resource: Resource, first: NaiveDate) -> Calendar
        = |app| app.preview_week(organisation, &resource, first);
    /// Every space with what there is of it.
    spaces(organisation: OrganisationId) -> Vec<SpaceInfo> = |app| app.spaces(organisation);
    /// Moves a space a place up or down in the list.
    move_resource(organisation: OrganisationId, id: ResourceId, down: bool) -> Changed
        = |app| app.move_resource(organisation, id, down);
    /// Whom a change would hit, were it written now.
    who_is_hit(organisation: OrganisationId, planned: Planned) -> Vec<HitInfo> = |app| app.who_is_hit(organisation, &planned);
    /// Whether somebody may have a time and what it costs.
    ask_booking(organisation: OrganisationId, wanted: BookingRequest) -> BookingAnswer
        = |app| app.ask_booking(organisation, &wanted);
    /// Books a time; with a reason the rules are passed over.
    book(organisation: OrganisationId, wanted: BookingRequest, override_reason: String, note: String) -> Changed
        = |app| app.book(organisation, &wanted, &override_reason, &note).map(|(_, changed)| changed);
    /// Moves a booking to another time, also of another space.
    move_booking(organisation: OrganisationId, id: BookingId, resource: ResourceId, span: Span, override_reason: String) -> Changed
        = |app| app.move_booking(organisation, id, resource, span, &override_reason);
    /// Takes a booking back.
    cancel_booking(organisation: OrganisationId, id: BookingId) -> Changed = |app| app.cancel_booking(organisation, id);
    /// Who waits for a time, in the order in which they are served.
    waiting_line(organisation: OrganisationId, resource: ResourceId, span: Span) -> Vec<WaitingInfo>
        = |app| app.waiting_line(organisation, resource, span);
    /// Puts somebody into the line for a time.
    wait_for(organisation: OrganisationId, wanted: BookingRequest, note: String) -> Changed
        = |app| app.wait_for(organisation, &wanted, &note).map(|(_, changed)| changed);
    /// Takes somebody out of a line.
    leave_line(organisation: OrganisationId, id: WaitingId) -> Changed = |app| app.leave_line(organisation, id);
    /// Offers a free time to whoever is next in its line.
    offer_turn(organisation: OrganisationId, id: WaitingId) -> Changed = |app| app.offer_turn(organisation, id);
    /// Lets a free time go on to the next in its line.
    pass_on_turn(organisation: OrganisationId, id: WaitingId) -> Changed = |app| app.pass_on_turn(organisation, id);
    /// Takes somebody out of a line who does not want the time that is theirs now.
    decline_offer(organisation: OrganisationId, id: WaitingId) -> Changed = |app| app.decline_offer(organisation, id);
    /// Books a time for who has waited for it; with a reason the rules are passed over.
    accept_offer(organisation: OrganisationId, id: WaitingId, override_reason: String) -> Changed
        = |app| app.accept_offer(organisation, id, &override_reason).map(|(_, changed)| changed);
    /// The message to who may have a turn that they waited for.
    offer_message(organisation: OrganisationId, id: WaitingId) -> FlatMessage = |app| app.offer_message(organisation, id);
    /// Gives a flat a standing shift or changes one.
    save_standing_shift(organisation: OrganisationId, shift: StandingShift) -> Changed
        = |app| app.save_standing_shift(organisation, &shift).map(|(_, changed)| changed);
    /// Ends a standing shift on a day.
    end_standing_shift(organisation: OrganisationId, id: StandingShiftId, last: NaiveDate) -> Changed
        = |app| app.end_standing_shift(organisation, id, last);
    /// Lets a standing shift not come on a day.
    skip_turn(organisation: OrganisationId, id: StandingShiftId, day: NaiveDate) -> Changed
        = |app| app.skip_turn(organisation, id, day);
    /// Puts a skipped turn back.
    return_turn(organisation: OrganisationId, id: StandingShiftId, day: NaiveDate) -> Changed
        = |app| app.return_turn(organisation, id, day);
    /// Takes a space out of use for a time.
    save_blackout(organisation: OrganisationId, blackout: Blackout) -> Changed
        = |app| app.save_blackout(organisation, &blackout);
    /// How much a space is used on days from one to another.
    space_use(organisation: OrganisationId, resource: ResourceId, from: NaiveDate, to: NaiveDate) -> SpaceUse
        = |app| app.space_use(organisation, resource, from, to);
    /// What a flat has of the shared spaces.
    flat_bookings(organisation: OrganisationId, flat: FlatId) -> FlatBookings = |app| app.flat_bookings(organisation, flat);
    /// Brings a space back into use.
    delete_blackout(organisation: OrganisationId, id: BlackoutId) -> Changed
        = |app| app.delete_blackout(organisation, id);
}
