-- Shared spaces. Times are wall-clock text in the organisation's zone ("2026-10-21T16:00"), so that a booking stays where it is
-- on the wall whatever becomes of the zone's rules. The two ends of a day are minutes since midnight.

CREATE TABLE resource(
  id BLOB PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  place TEXT NOT NULL,
  capacity INTEGER,
  key_note TEXT NOT NULL,
  deposit_cents INTEGER NOT NULL,
  timetable TEXT NOT NULL,
  common_turns TEXT NOT NULL,
  limits TEXT NOT NULL,
  retired INTEGER NOT NULL,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE price(
  id BLOB PRIMARY KEY NOT NULL,
  resource BLOB NOT NULL REFERENCES resource(id),
  spec TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;
CREATE INDEX price_resource ON price(resource);

CREATE TABLE standing_shift(
  id BLOB PRIMARY KEY NOT NULL,
  resource BLOB NOT NULL REFERENCES resource(id),
  flat BLOB NOT NULL REFERENCES flat(id),
  weekday INTEGER NOT NULL,
  from_minute INTEGER NOT NULL,
  to_minute INTEGER NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  every_weeks INTEGER NOT NULL,
  pauses TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX standing_shift_resource ON standing_shift(resource);
CREATE INDEX standing_shift_flat ON standing_shift(flat);

-- The id is derived from shift and day.
CREATE TABLE skipped_turn(
  id BLOB PRIMARY KEY NOT NULL,
  standing_shift BLOB NOT NULL REFERENCES standing_shift(id),
  date TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX skipped_turn_shift ON skipped_turn(standing_shift, date);

CREATE TABLE booking(
  id BLOB PRIMARY KEY NOT NULL,
  resource BLOB NOT NULL REFERENCES resource(id),
  flat BLOB REFERENCES flat(id),
  contact BLOB REFERENCES contact(id),
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  status TEXT NOT NULL,
  extra INTEGER NOT NULL,
  override_reason TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX booking_resource ON booking(resource, starts_at);
-- A look at some days finds what began shortly before them by its beginning; only what is longer is looked for by its end.
CREATE INDEX booking_long ON booking(resource, ends_at) WHERE julianday(ends_at) - julianday(starts_at) > 2;
CREATE INDEX booking_flat ON booking(flat) WHERE flat IS NOT NULL;
CREATE INDEX booking_displaced ON booking(ends_at) WHERE status = 'displaced';
CREATE INDEX booking_contact ON booking(contact) WHERE contact IS NOT NULL;

CREATE TABLE blackout(
  id BLOB PRIMARY KEY NOT NULL,
  resource BLOB NOT NULL REFERENCES resource(id),
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  weekly TEXT,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX blackout_resource ON blackout(resource);

-- A flat's application to the next draw of standing shifts; the id is derived from the flat.
CREATE TABLE draw_application(
  id BLOB PRIMARY KEY NOT NULL,
  flat BLOB NOT NULL REFERENCES flat(id),
  wishes TEXT NOT NULL
) STRICT;
CREATE INDEX draw_application_flat ON draw_application(flat);

-- A draw that was confirmed, with everything that it takes to repeat it.
CREATE TABLE shift_draw(
  id BLOB PRIMARY KEY NOT NULL,
  seed INTEGER NOT NULL,
  drawn_on TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  lots TEXT NOT NULL
) STRICT;

-- What calendar files said of the times that they brought in, by the ids of the blackouts and bookings they became: derived from
-- space, event and time.
CREATE TABLE imported_time(
  id BLOB PRIMARY KEY NOT NULL,
  resource BLOB NOT NULL REFERENCES resource(id),
  uid TEXT NOT NULL,
  slot TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL
) STRICT;
CREATE INDEX imported_time_resource ON imported_time(resource);

-- How a turn went, as the list on the door came back. The id is derived from space and beginning.
CREATE TABLE turn_mark(
  id BLOB PRIMARY KEY NOT NULL,
  resource BLOB NOT NULL REFERENCES resource(id),
  starts_at TEXT NOT NULL,
  outcome TEXT NOT NULL
) STRICT;
CREATE INDEX turn_mark_resource ON turn_mark(resource, starts_at);

-- The waiting list of a turn. The id is derived from space, holder and beginning; an offer that was made stands in its entry.
CREATE TABLE waiting_entry(
  id BLOB PRIMARY KEY NOT NULL,
  resource BLOB NOT NULL REFERENCES resource(id),
  flat BLOB REFERENCES flat(id),
  contact BLOB REFERENCES contact(id),
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  put_at INTEGER NOT NULL,
  offered_at TEXT,
  offer_until TEXT,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX waiting_entry_resource ON waiting_entry(resource, starts_at);
CREATE INDEX waiting_entry_flat ON waiting_entry(flat) WHERE flat IS NOT NULL;
CREATE INDEX waiting_entry_contact ON waiting_entry(contact) WHERE contact IS NOT NULL;

-- How the organisation charges: one row.
CREATE TABLE charge_settings(
  id BLOB PRIMARY KEY NOT NULL,
  spec TEXT NOT NULL
) STRICT;

-- A month that was closed, with the rules by which it was. The id is derived from the month.
CREATE TABLE charge_period(
  id BLOB PRIMARY KEY NOT NULL,
  month TEXT NOT NULL,
  closed_on TEXT NOT NULL,
  settings TEXT NOT NULL,
  charging TEXT NOT NULL,
  digests TEXT NOT NULL
) STRICT;

-- A line of a closed month's list; the id is derived from the list's month and what it charges. The source is a booking or a standing
-- shift that may be gone since. A line of an earlier month's use is late.
CREATE TABLE charge_line(
  id BLOB PRIMARY KEY NOT NULL,
  period BLOB NOT NULL REFERENCES charge_period(id),
  origin TEXT NOT NULL,
  late INTEGER NOT NULL,
  flat BLOB REFERENCES flat(id),
  contact BLOB REFERENCES contact(id),
  resource BLOB NOT NULL REFERENCES resource(id),
  kind TEXT NOT NULL,
  source BLOB NOT NULL,
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  turns INTEGER NOT NULL,
  of_turns INTEGER NOT NULL,
  cents INTEGER NOT NULL,
  vat_cents INTEGER NOT NULL,
  vat_tenths INTEGER NOT NULL,
  corrects BLOB REFERENCES charge_line(id)
) STRICT;
CREATE INDEX charge_line_period ON charge_line(period);
CREATE INDEX charge_line_resource ON charge_line(resource, origin);
CREATE INDEX charge_line_late ON charge_line(origin) WHERE late = 1;
CREATE INDEX charge_line_flat ON charge_line(flat) WHERE flat IS NOT NULL;
CREATE INDEX charge_line_contact ON charge_line(contact) WHERE contact IS NOT NULL;
CREATE INDEX charge_line_corrects ON charge_line(corrects) WHERE corrects IS NOT NULL;

-- That a payer has paid a closed month. The id is derived from month and payer.
CREATE TABLE charge_paid(
  id BLOB PRIMARY KEY NOT NULL,
  period BLOB NOT NULL REFERENCES charge_period(id),
  flat BLOB REFERENCES flat(id),
  contact BLOB REFERENCES contact(id),
  paid_on TEXT NOT NULL
) STRICT;
CREATE INDEX charge_paid_period ON charge_paid(period);
CREATE INDEX charge_paid_flat ON charge_paid(flat) WHERE flat IS NOT NULL;
CREATE INDEX charge_paid_contact ON charge_paid(contact) WHERE contact IS NOT NULL;

-- What papers take from the organisation: one row, whose id is derived.
CREATE TABLE paper_setting(
  id BLOB PRIMARY KEY NOT NULL,
  door_names INTEGER NOT NULL,
  contact TEXT NOT NULL,
  starts_on TEXT
) STRICT;

-- The organisation's own text of a letter. The id is derived from letter and language.
CREATE TABLE paper_text(
  id BLOB PRIMARY KEY NOT NULL,
  letter TEXT NOT NULL,
  language TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
