-- Shared tables: captured by the session, carried by changes. STRICT, one BLOB key, no other UNIQUE, no trigger,
-- foreign keys without action. Every child column of a foreign key has an index: without it, deleting a parent
-- scans the child table. Narrow tables of which there are many rows need no rowid beside the key.

CREATE TABLE organisation(
  id BLOB PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  business_id TEXT NOT NULL,
  language TEXT NOT NULL,
  street TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  identity_code_basis TEXT NOT NULL
) STRICT;

CREATE TABLE user(
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL
) STRICT;

CREATE TABLE building(
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  street TEXT NOT NULL
) STRICT;

CREATE TABLE stairwell(
  id BLOB PRIMARY KEY NOT NULL,
  building BLOB NOT NULL REFERENCES building(id),
  name TEXT NOT NULL
) STRICT;
CREATE INDEX stairwell_building ON stairwell(building);

CREATE TABLE flat(
  id BLOB PRIMARY KEY NOT NULL,
  stairwell BLOB REFERENCES stairwell(id),
  name TEXT NOT NULL,
  floor INTEGER,
  area_tenths INTEGER,
  shares_from INTEGER,
  shares_to INTEGER,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX flat_stairwell ON flat(stairwell);
CREATE INDEX flat_name ON flat(name);

CREATE TABLE household(
  id BLOB PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL
) STRICT;

CREATE TABLE contact(
  id BLOB PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  alternative_name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  street TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  birth_date TEXT,
  domicile TEXT NOT NULL,
  language TEXT NOT NULL,
  number TEXT NOT NULL,
  business_id TEXT NOT NULL,
  notes TEXT NOT NULL,
  away_until TEXT,
  deceased INTEGER NOT NULL,
  deceased_on TEXT,
  non_disclosure INTEGER NOT NULL,
  household BLOB REFERENCES household(id),
  identity_code TEXT NOT NULL
) STRICT;
CREATE INDEX contact_household ON contact(household) WHERE household IS NOT NULL;
CREATE INDEX contact_birth_date ON contact(birth_date) WHERE birth_date IS NOT NULL;
CREATE INDEX contact_deceased ON contact(id) WHERE deceased = 1;

CREATE TABLE contact_point(
  id BLOB PRIMARY KEY NOT NULL,
  contact BLOB NOT NULL REFERENCES contact(id),
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  street TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  label TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_point_contact ON contact_point(contact);

CREATE TABLE stakeholder_kind(
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  legal_basis TEXT NOT NULL,
  retention_months INTEGER,
  retention_statute TEXT,
  has_flat INTEGER NOT NULL,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE stakeholder_role(
  id BLOB PRIMARY KEY NOT NULL,
  contact BLOB NOT NULL REFERENCES contact(id),
  kind BLOB NOT NULL REFERENCES stakeholder_kind(id),
  flat BLOB REFERENCES flat(id),
  valid_from TEXT,
  valid_to TEXT,
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stakeholder_role_contact ON stakeholder_role(contact, valid_to);
CREATE INDEX stakeholder_role_ended ON stakeholder_role(valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX stakeholder_role_kind ON stakeholder_role(kind, contact);
CREATE INDEX stakeholder_role_flat ON stakeholder_role(flat) WHERE flat IS NOT NULL;

CREATE TABLE contact_group(
  id BLOB PRIMARY KEY NOT NULL,
  parent BLOB REFERENCES contact_group(id),
  name TEXT NOT NULL,
  rule TEXT
) STRICT;
CREATE INDEX contact_group_parent ON contact_group(parent);

-- The id is derived from group and contact: being a member twice is a conflict on the key.
CREATE TABLE group_member(
  id BLOB PRIMARY KEY NOT NULL,
  contact_group BLOB NOT NULL REFERENCES contact_group(id),
  contact BLOB NOT NULL REFERENCES contact(id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_member_group ON group_member(contact_group);
CREATE INDEX group_member_contact ON group_member(contact);

CREATE TABLE custom_field(
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  choices TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

-- The id is derived from contact and field.
CREATE TABLE custom_value(
  id BLOB PRIMARY KEY NOT NULL,
  contact BLOB NOT NULL REFERENCES contact(id),
  custom_field BLOB NOT NULL REFERENCES custom_field(id),
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX custom_value_contact ON custom_value(contact);
CREATE INDEX custom_value_field ON custom_value(custom_field);

CREATE TABLE import(
  id BLOB PRIMARY KEY NOT NULL,
  file_name TEXT NOT NULL,
  sheet TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  columns TEXT NOT NULL
) STRICT;

-- Where a contact's values came from: one row per sheet row and import. `fields` has a bit for each field taken.
CREATE TABLE import_row(
  id BLOB PRIMARY KEY NOT NULL,
  import BLOB NOT NULL REFERENCES import(id),
  contact BLOB NOT NULL REFERENCES contact(id),
  row INTEGER NOT NULL,
  fields INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX import_row_import ON import_row(import);
CREATE INDEX import_row_contact ON import_row(contact);

-- The id is derived from the header row, so that a file of the same shape finds its mapping again.
CREATE TABLE import_preset(
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  spec TEXT NOT NULL
) STRICT;

CREATE TABLE view(
  id BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  spec TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE attention(
  id BLOB PRIMARY KEY NOT NULL,
  code TEXT NOT NULL,
  subject BLOB,
  params TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Who looked at whose data, or took it out as a file. For a look the id is derived from user, contact and day.
CREATE TABLE access(
  id BLOB PRIMARY KEY NOT NULL,
  user BLOB NOT NULL,
  kind TEXT NOT NULL,
  contact BLOB,
  contacts INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_contact ON access(contact);

-- The log itself. `seq` is this laptop's order; `at` is milliseconds since 1970, UTC; `changeset` is zstd.
CREATE TABLE change(
  id BLOB PRIMARY KEY NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  author BLOB NOT NULL,
  device BLOB NOT NULL,
  action TEXT NOT NULL,
  rebase TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  schema INTEGER NOT NULL,
  undoes BLOB,
  changeset BLOB NOT NULL
) STRICT;
CREATE INDEX change_seq ON change(seq);
CREATE INDEX change_undoes ON change(undoes) WHERE undoes IS NOT NULL;

-- Local tables: what this laptop alone needs, derived from the changesets. No session is attached to them.

CREATE TABLE local_meta(
  key TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE local_touched(
  subject BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (subject, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE local_contact_index(
  docid INTEGER PRIMARY KEY,
  contact BLOB NOT NULL,
  name_key BLOB NOT NULL,
  email_key TEXT NOT NULL,
  number_key TEXT NOT NULL,
  changed_seq INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX local_contact_index_contact ON local_contact_index(contact);
CREATE INDEX local_contact_index_name ON local_contact_index(name_key, docid);

CREATE VIRTUAL TABLE local_contact_search USING fts5(
  name, email, phone, number,
  content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
