import { render, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands } from "../../platform/bindings.js";
import { entered } from "../../session.svelte.js";
import ChangeList from "./ChangeList.svelte";

const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const organisation = { id: "o", kind: "association", name: "Seura", business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" };
const change = (at: string) => ({ id: at, author: "Marjatta Lehto", at, action: { code: "contact_create", params: { name: "Aalto Aino" } }, can_undo: true, undone: false });

beforeEach(() => {
  startLocale("fi");
  for (const name of ["describeOrganisation", "organisations", "backups", "attention"] as const) vi.spyOn(commands, name).mockImplementation(() => ok(name === "describeOrganisation" ? { organisation, user: null, sample: false } : []));
  entered({ organisation, user: null, sample: false } as never);
});

it("writes the instant of a change as this computer's time of day", async () => {
  const at = new Date(2026, 10, 24, 9, 5);
  vi.spyOn(commands, "history").mockImplementation(() => ok({ changes: [change(at.toISOString())], next: null }));
  const page = render(ChangeList);
  await waitFor(() => expect(page.getByText("9.05")).toBeTruthy());
});

it("says what an undo took back", async () => {
  const undo = { ...change("2026-11-24T07:00:00Z"), action: { code: "undo", params: { change: "x", of: "contact_create" } }, undoes: { code: "contact_create", params: { name: "Aalto Aino" } } };
  vi.spyOn(commands, "history").mockImplementation(() => ok({ changes: [undo], next: null }));
  const page = render(ChangeList);
  await waitFor(() => expect(page.getByText(/kumosi muutoksen: lisäsi kontaktin Aalto Aino/)).toBeTruthy());
});
