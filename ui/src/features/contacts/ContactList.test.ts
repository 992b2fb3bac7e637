import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands } from "../../platform/bindings.js";
import { navigate } from "../../router.svelte.js";
import { entered } from "../../session.svelte.js";
import ContactList from "./ContactList.svelte";
import { keepList } from "./list-state.js";

const row = (name: string, hidden = false) => ({
  id: name, kind: "person", name, alternative_name: "", flats: hidden ? [] : ["A 1"], roles: ["Osakas"], phone: hidden ? "" : "040 1", email: "", address: { street: "", postal_code: "", city: hidden ? "" : "Espoo", country: "" }, birth_date: null, domicile: "", language: "", number: "", deceased: false, away_until: null, non_disclosure: hidden, changed_at: null, household: [], groups: [], custom: [],
});
const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const kind = { id: "k", name: "Osakas", legal_basis: "legal_obligation", retention: { rule: "statute", statute: "AsOYL" }, has_flat: true };
const organisation = { id: "o", kind: "housing-company", name: "As Oy", business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" };
let people = [row("Lehto Marjatta"), row("Järvinen Sanna", true)];

beforeEach(() => {
  keepList("o", { view: "", query: "", filter: {}, sort: { column: "name", descending: false }, columns: [] });
  startLocale("fi");
  people = [row("Lehto Marjatta"), row("Järvinen Sanna", true)];
  vi.spyOn(commands, "contactPage").mockImplementation((_, spec) => {
    const found = people.filter((one) => one.name.toLowerCase().includes(spec.query ?? ""));
    return ok({ total: found.length, rows: found });
  });
  vi.spyOn(commands, "contactCounts").mockImplementation((_, specs) => ok(specs.map(() => people.length)));
  vi.spyOn(commands, "views").mockImplementation(() => ok([["v", "Hallitus", {}]]));
  vi.spyOn(commands, "vocabulary").mockImplementation(() => ok([[kind, 2]]));
  vi.spyOn(commands, "customFields").mockImplementation(() => ok([]));
  vi.spyOn(commands, "groups").mockImplementation(() => ok([]));
  vi.spyOn(commands, "house").mockImplementation(() => ok({ buildings: [], stairwells: [], flats: [] }));
  for (const name of ["describeOrganisation", "organisations", "backups", "attention"] as const) vi.spyOn(commands, name).mockImplementation(() => ok(name === "describeOrganisation" ? { organisation, user: null, sample: false } : []));
  entered({ organisation, user: null, sample: false } as never);
});
const show = () => render(ContactList, { current: null, pane: createRawSnippet(() => ({ render: () => "<i></i>" })) });

it("shows saved views with their counts and says in words that protected details are not shown", async () => {
  const page = show();
  await waitFor(() => expect(page.getByRole("tab", { name: /Hallitus/ }).textContent).toContain("2"));
  await waitFor(() => expect(page.getAllByText("Ei näytetä turvakiellon vuoksi").length).toBeGreaterThan(0));
  expect(page.getByRole("link", { name: "Tuo Excelistä" })).toBeTruthy();
  expect(page.getByRole("link", { name: "Uusi kontakti" })).toBeTruthy();
});

it("finds while typing and measures from the key to the rows", async () => {
  performance.clearMeasures();
  const page = show();
  await waitFor(() => expect(page.getByText("Lehto Marjatta")).toBeTruthy());
  await userEvent.type(page.getByLabelText("Hae luettelosta"), "järv");
  await waitFor(() => expect(page.queryByText("Lehto Marjatta")).toBeNull());
  expect(page.getByText("Järvinen Sanna")).toBeTruthy();
  expect(performance.getEntriesByName("kiulu-search").length).toBeGreaterThan(0);
});

it("offers the import first where the register is empty", async () => {
  people = [];
  const page = show();
  await waitFor(() => expect(page.getByText("Lisää kontakti")).toBeTruthy());
  expect(page.queryByLabelText("Hae luettelosta")).toBeNull();
});

it("shows what an address asks for while it is open already", async () => {
  const page = show();
  await waitFor(() => expect(page.getByText("Lehto Marjatta")).toBeTruthy());
  navigate("/contacts", { without: "reason" });
  await waitFor(() => expect(page.getByText("Peruste puuttuu")).toBeTruthy());
  const specs = vi.mocked(commands.contactPage).mock.calls.map(([, spec]) => spec);
  expect(specs.at(-1)?.filter?.without_reason).toBe(true);
});

it("shows the columns that were chosen, and asks the host for what lies beside the contact", async () => {
  keepList("o", { view: "", query: "", filter: {}, sort: { column: "name", descending: false }, columns: ["city", "household"] });
  const page = show();
  await waitFor(() => expect(page.getByText("Espoo")).toBeTruthy());
  expect(page.getAllByRole("columnheader").map((head) => head.textContent.trim()).filter(Boolean)).toEqual(["Nimi", "Postitoimipaikka", "Ruokakunta"]);
  expect(vi.mocked(commands.contactPage).mock.calls.at(-1)?.[1].columns).toEqual(["city", "household"]);
});

it("takes the ticked out of the group that the list shows", async () => {
  const user = userEvent.setup();
  vi.spyOn(commands, "groups").mockImplementation(() => ok([{ id: "g", name: "Talkooväki", parent: null, rule: null, members: 2 }]));
  const out = vi.spyOn(commands, "removeFromGroup").mockImplementation(() => ok({ change: "c" }));
  navigate("/contacts", { group: "g" });
  const page = show();
  await user.click(await page.findByLabelText("Valitse Lehto Marjatta"));
  await user.click(await page.findByRole("button", { name: "Poista ryhmästä Talkooväki" }));
  await waitFor(() => expect(out).toHaveBeenCalledWith("o", { select: "ids", of: ["Lehto Marjatta"] }, "g"));
});
