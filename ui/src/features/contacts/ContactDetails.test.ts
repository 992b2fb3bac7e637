import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands } from "../../platform/bindings.js";
import { entered } from "../../session.svelte.js";
import ContactDetails from "./ContactDetails.svelte";

const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const organisation = { id: "o", kind: "association", name: "Seura", business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" };
const address = { street: "", postal_code: "", city: "", country: "" };
const hidden = (id: string, release: boolean) => ({
  id, phone_shown: release ? "040 123 4567" : "", withheld: !release, away_until: null, points: [], roles: [], groups: ["g"], custom: [], household_kind: null, household: [], origins: [], bookings: [],
  sources: [{ field: "email", source: { from: "hand", author: "Aino", at: "2026-02-03T10:00:00Z" } }],
  details: { kind: "person", first_name: "Sanna", last_name: id, email: "sanna@example.fi", alternative_name: "Санна", address, non_disclosure: true, away_until: "2020-01-01" },
});

beforeEach(() => {
  startLocale("fi");
  vi.spyOn(commands, "customFields").mockImplementation(() => ok([]));
  vi.spyOn(commands, "groups").mockImplementation(() => ok([{ id: "g", name: "Talkooväki", parent: null, rule: null, members: 1 }]));
  vi.spyOn(commands, "contact").mockReset().mockImplementation((_, id, release) => ok(hidden(id, release)));
  for (const name of ["describeOrganisation", "organisations", "backups", "attention"] as const) vi.spyOn(commands, name).mockImplementation(() => ok(name === "describeOrganisation" ? { organisation, user: null, sample: false } : []));
  entered({ organisation, user: null, sample: false } as never);
});

it("asks again for what is withheld when a contact is opened again", async () => {
  const page = render(ContactDetails, { id: "a" });
  await userEvent.click(await page.findByRole("button", { name: "Näytä suojatut tiedot" }));
  await waitFor(() => expect(page.getByText("040 123 4567")).toBeTruthy());
  await page.rerender({ id: "b" });
  await waitFor(() => expect(page.queryByText("040 123 4567")).toBeNull());
  await page.rerender({ id: "a" });
  await page.findByRole("button", { name: "Näytä suojatut tiedot" });
  expect(vi.mocked(commands.contact).mock.calls.map(([, id, release]) => [id, release])).toEqual([["a", false], ["a", true], ["b", false], ["a", false]]);
});

it("says of each value who wrote it, and shows the other spelling but no absence that has ended", async () => {
  const page = render(ContactDetails, { id: "a" });
  await waitFor(() => expect(page.getByText("Kirjannut Aino 3.2.2026")).toBeTruthy());
  expect(page.getByText("Санна")).toBeTruthy();
  expect(page.queryByText(/Poissa/)).toBeNull();
});

it("leaves its place once the contact is removed, and takes the contact out of a group", async () => {
  const gone = vi.fn();
  const out = vi.spyOn(commands, "removeFromGroup").mockImplementation(() => ok({ change: "x" }));
  vi.spyOn(commands, "deleteContacts").mockImplementation(() => ok({ change: "x" }));
  const page = render(ContactDetails, { id: "a", ongone: gone });
  await userEvent.click(await page.findByRole("button", { name: "Poista ryhmästä: Talkooväki" }));
  expect(out).toHaveBeenCalledWith("o", { select: "ids", of: ["a"] }, "g");
  await userEvent.click(page.getByRole("button", { name: "Poista" }));
  await waitFor(() => expect(gone).toHaveBeenCalled());
});

it("shows the beginning of an identity code until the rest is asked for", async () => {
  const coded = (release: boolean) => ({ ...hidden("a", true), identity_code_masked: !release, details: { ...hidden("a", true).details, non_disclosure: false, identity_code: release ? "131052-308T" : "131052-••••" } });
  vi.mocked(commands.contact).mockImplementation((_, __, release) => ok(coded(release)));
  const page = render(ContactDetails, { id: "a" });
  await waitFor(() => expect(page.getByText("131052-••••")).toBeTruthy());
  await userEvent.click(page.getByRole("button", { name: "Näytä henkilötunnus" }));
  await waitFor(() => expect(page.getByText("131052-308T")).toBeTruthy());
  expect(page.queryByRole("button", { name: "Näytä henkilötunnus" })).toBeNull();
});
