import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands } from "../../platform/bindings.js";
import { leave, leaving } from "../../router.svelte.js";
import { entered } from "../../session.svelte.js";
import ImportWizard from "./ImportWizard.svelte";

vi.mock("../../platform/index.js", () => ({
  Channel: class { onmessage = () => {}; }, chooseFile: () => Promise.resolve("list.xlsx"), onFileDrop: () => () => {}, listenDataChanged: () => () => {}, setWindowTheme: () => Promise.resolve(), inWindow: false,
}));
const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const organisation = { id: "o", kind: "association", name: "Seura", business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" };
const file = { id: "f", file_name: "list.xlsx", kind: "xlsx", sheets: [{ index: 0, name: "A", visibility: "visible" }, { index: 1, name: "B", visibility: "visible" }], suggested_sheet: 0, notices: [] };
const name = { kind: "field", of: "name" };
const sheet = { header: { first_row: 1, rows: 1 }, columns: [{ name: "Nimi", samples: [], target: name, because: "header" }], preview: [[1, ["Nimi"]]], rows: 2, rows_exact: true, preset: null, options: null };
const rejected = { row: 7, name: "", outcome: "rejected", contact: null, same_as_row: null, changes: [], problems: [{ column: null, value: "", reason: { code: "name_missing" } }], notes: [] };
const totals = { new: 1, updated: 0, unchanged: 0, skipped: 0, rejected: 1, blank: 0, headers: 0, sums: 0, flats_without_role: 0 };

beforeEach(() => {
  startLocale("fi");
  for (const one of ["describeOrganisation", "organisations", "backups", "attention", "vocabulary", "customFields"] as const) vi.spyOn(commands, one).mockImplementation(() => ok(one === "describeOrganisation" ? { organisation, user: null, sample: false } : []));
  vi.spyOn(commands, "openImport").mockImplementation(() => ok(file));
  vi.spyOn(commands, "closeImport").mockImplementation(() => ok(null));
  vi.spyOn(commands, "cancelJob").mockImplementation(() => Promise.resolve() as never);
  vi.spyOn(commands, "importSheet").mockImplementation(() => ok(sheet));
  vi.spyOn(commands, "previewImport").mockImplementation(() => ok({ totals, new_flats: [], new_groups: [] }));
  vi.spyOn(commands, "importRows").mockImplementation(() => ok({ total: 1, rows: [rejected] }));
  entered({ organisation, user: null, sample: false } as never);
});

async function toCheck() {
  const page = render(ImportWizard);
  await userEvent.click(page.getByRole("button", { name: "Valitse tiedosto" }));
  await waitFor(() => page.getByRole("button", { name: "Jatka tarkistukseen" }));
  await userEvent.click(page.getByRole("button", { name: "Jatka tarkistukseen" }));
  await waitFor(() => page.getByRole("button", { name: "Jätä rivi pois" }));
  return page;
}

it("keeps corrections over a look back at the columns, asks before they are lost, and takes each back", async () => {
  const page = await toCheck();
  await userEvent.click(page.getByRole("button", { name: "Jätä rivi pois" }));
  await userEvent.click(page.getByRole("button", { name: "Takaisin" }));
  await userEvent.click(page.getByRole("button", { name: "Jatka tarkistukseen" }));
  await waitFor(() => page.getByText("1 korjaus"));
  expect(vi.mocked(commands.previewImport).mock.lastCall?.[5]).toEqual({ skip_rows: [7] });

  const went = vi.fn();
  leave(went);
  expect([leaving.question?.title, went.mock.calls.length]).toEqual(["Jätetäänkö tuonti kesken?", 0]);
  leaving.stay();

  await userEvent.click(page.getByRole("button", { name: "Palauta: Rivi 7: jätetty pois", hidden: true }));
  await waitFor(() => expect(vi.mocked(commands.previewImport).mock.lastCall?.[5]).toEqual({ skip_rows: [] }));
  leave(went);
  expect(went).toHaveBeenCalledOnce();
});

it("corrects the name's cell where nobody is named", async () => {
  const page = await toCheck();
  await userEvent.type(page.getByRole("textbox", { name: "Uusi arvo: Nimi, rivi 7" }), "Aalto Aino");
  await userEvent.tab();
  await waitFor(() => expect(vi.mocked(commands.previewImport).mock.lastCall?.[5]).toEqual({ texts: [{ row: 7, column: 0, text: "Aalto Aino" }] }));
});

it("adds a namesake as a new person where it is said so", async () => {
  vi.mocked(commands.importRows).mockImplementation(() => ok({ total: 1, rows: [{ ...rejected, problems: [{ column: null, value: "Aalto Aino", reason: { code: "ambiguous", params: { count: 2 } } }] }] }));
  const page = await toCheck();
  await userEvent.click(page.getByRole("button", { name: "Lisää uutena" }));
  await waitFor(() => expect(vi.mocked(commands.previewImport).mock.lastCall?.[5]).toEqual({ as_new: [7] }));
});

it("stays on the sheet that it has when another cannot be read", async () => {
  const page = render(ImportWizard);
  await userEvent.click(page.getByRole("button", { name: "Valitse tiedosto" }));
  const chosen = () => page.getByLabelText("Taulukko") as HTMLSelectElement;
  await waitFor(chosen);
  vi.mocked(commands.importSheet).mockImplementation(() => Promise.resolve({ status: "error", error: { code: "sheet_damaged" } }) as never);
  await userEvent.selectOptions(chosen(), "B");
  await waitFor(() => page.getByRole("alert"));
  expect(chosen().value).toBe("0");
});

it("says that a cancelled run saved nothing, in place and without alarm", async () => {
  vi.spyOn(commands, "runImport").mockImplementation(() => Promise.resolve({ status: "error", error: { code: "cancelled" } }) as never);
  const page = await toCheck();
  await userEvent.click(page.getByRole("button", { name: "Tuo 1 uusi" }));
  await waitFor(() => page.getByText("Mitään ei tallennettu."));
  expect(page.queryByRole("alert")).toBeNull();
});
