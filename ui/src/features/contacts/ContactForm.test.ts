import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands } from "../../platform/bindings.js";
import { entered, session } from "../../session.svelte.js";
import ContactForm from "./ContactForm.svelte";

const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const refused = (error: unknown) => Promise.resolve({ status: "error", error }) as never;
const organisation = { id: "o", kind: "association", name: "Seura", business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" };
const address = { street: "", postal_code: "", city: "", country: "" };
const known = (more: Record<string, unknown> = {}) => ({
  id: "c", phone_shown: "040 123 4567", withheld: false, away_until: null, sources: [], points: [{ id: "p", kind: "phone", value: "050 765 4321", address, label: "" }], roles: [], groups: [], custom: [], household_kind: null, household: [], origins: [], bookings: [],
  details: { kind: "person", first_name: "Matti", last_name: "Mäkelä", phone: "+358401234567", birth_date: "1980-02-01", address, non_disclosure: false }, ...more,
});

beforeEach(() => {
  startLocale("fi");
  vi.spyOn(commands, "vocabulary").mockImplementation(() => ok([]));
  vi.spyOn(commands, "house").mockImplementation(() => ok({ buildings: [], stairwells: [], flats: [] }));
  vi.spyOn(commands, "customFields").mockImplementation(() => ok([]));
  vi.spyOn(commands, "contact").mockImplementation(() => ok(known()));
  vi.spyOn(commands, "editContact").mockReset().mockImplementation(() => ok({ change: "x" }));
  for (const name of ["describeOrganisation", "organisations", "backups", "attention"] as const) vi.spyOn(commands, name).mockImplementation(() => ok(name === "describeOrganisation" ? { organisation, user: null, sample: false } : []));
  entered({ organisation, user: null, sample: false } as never);
});
const field = (page: { findByLabelText: (label: string) => Promise<HTMLElement> }, label: string) => page.findByLabelText(label) as Promise<HTMLInputElement>;

it("keeps what is typed when the organisation is described anew", async () => {
  const page = render(ContactForm, { id: "c" });
  const name = await field(page, "Etunimi");
  await userEvent.type(name, " Juhani");
  const described = vi.mocked(commands.describeOrganisation).mock.calls.length;
  session.touch();
  await waitFor(() => expect(vi.mocked(commands.describeOrganisation).mock.calls.length).toBeGreaterThan(described));
  await new Promise((done) => setTimeout(done, 20));
  expect((await field(page, "Etunimi")).value).toBe("Matti Juhani");
});

it("shows phones as they are dialled, and marks the further one that is wrong", async () => {
  vi.spyOn(commands, "editContact").mockImplementation(() => refused({ code: "point_invalid", params: { place: 0 } }));
  const page = render(ContactForm, { id: "c" });
  await field(page, "Etunimi");
  const [primary, further] = page.getAllByLabelText("Puhelin") as HTMLInputElement[];
  expect([primary!.value, further!.value]).toEqual(["040 123 4567", "050 765 4321"]);
  await userEvent.click(page.getByRole("button", { name: "Tallenna" }));
  await waitFor(() => expect(further!.getAttribute("aria-invalid")).toBe("true"));
  expect(primary!.getAttribute("aria-invalid")).toBeNull();
});

it("does not send a form in which something is no day: the stored day would be lost", async () => {
  const page = render(ContactForm, { id: "c" });
  const birth = await field(page, "Syntymäaika");
  await userEvent.clear(birth);
  await userEvent.type(birth, "31.2.1980");
  await userEvent.click(page.getByRole("button", { name: "Tallenna" }));
  expect(commands.editContact).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(birth);
  expect(page.getByText(/Tätä päivää ei ole/)).toBeTruthy();
  await userEvent.clear(birth);
  await userEvent.type(birth, "1.2.36");
  await userEvent.click(page.getByRole("button", { name: "Tallenna" }));
  await waitFor(() => expect(vi.mocked(commands.editContact).mock.calls[0]?.[2].details.birth_date).toBe("1936-02-01"));
});

it("offers no form to save when the contact cannot be read, and tries again", async () => {
  vi.spyOn(commands, "contact").mockImplementationOnce(() => refused({ code: "file_busy" }));
  const page = render(ContactForm, { id: "c" });
  await waitFor(() => expect(page.getByRole("alert")).toBeTruthy());
  expect(page.queryByRole("button", { name: "Tallenna" })).toBeNull();
  await userEvent.click(page.getByRole("button", { name: "Yritä uudelleen" }));
  expect((await field(page, "Etunimi")).value).toBe("Matti");
});

it("asks before it shows what a non-disclosure order withholds", async () => {
  vi.spyOn(commands, "contact").mockReset().mockImplementation((_, __, release) => ok(known({ withheld: !release })));
  const page = render(ContactForm, { id: "c" });
  const release = await page.findByRole("button", { name: "Näytä suojatut tiedot ja muokkaa" });
  expect(vi.mocked(commands.contact).mock.calls.map(([, , released]) => released)).toEqual([false]);
  await userEvent.click(release);
  expect((await field(page, "Etunimi")).value).toBe("Matti");
});

const stated = (basis: string) => {
  const described = { organisation: { ...organisation, identity_code_basis: basis }, user: null, sample: false };
  vi.spyOn(commands, "describeOrganisation").mockImplementation(() => ok(described));
  entered(described as never);
};

it("asks for an identity code only where the organisation has a basis, or one is kept already", async () => {
  const opened = async (basis: string, code: string) => {
    stated(basis);
    vi.spyOn(commands, "contact").mockImplementation(() => ok(known({ details: { ...known().details, identity_code: code } })));
    const page = render(ContactForm, { id: "c" });
    await field(page, "Etunimi");
    const asked = page.queryByLabelText("Henkilötunnus") as HTMLInputElement | null;
    const shown = asked?.value ?? null;
    page.unmount();
    return shown;
  };
  expect(await opened("", "")).toBeNull();
  expect(await opened(" ", "")).toBeNull();
  expect(await opened("Perintä", "")).toBe("");
  expect(await opened("", "131052-••••")).toBe("131052-••••");
});

it("marks an identity code that cannot be one", async () => {
  stated("Perintä");
  vi.spyOn(commands, "editContact").mockImplementation(() => refused({ code: "identity_code_invalid", params: {} }));
  const page = render(ContactForm, { id: "c" });
  const code = await field(page, "Henkilötunnus");
  await userEvent.type(code, "131052-308U");
  await userEvent.click(page.getByRole("button", { name: "Tallenna" }));
  await waitFor(() => expect(code.getAttribute("aria-invalid")).toBe("true"));
  expect(vi.mocked(commands.editContact).mock.calls[0]?.[2].details.identity_code).toBe("131052-308U");
});
