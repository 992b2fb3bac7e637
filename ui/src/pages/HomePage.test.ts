import { render, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../i18n/index.js";
import { commands } from "../platform/bindings.js";
import { entered, session } from "../session.svelte.js";
import HomePage from "./HomePage.svelte";

const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const organisation = { id: "o", kind: "housing-company", name: "As Oy", business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" };
const figures = (contacts: number) => ({ contacts, roles: contacts ? [{ kind: "k", name: "Osakas", contacts }] : [], flats: 0 });

beforeEach(() => {
  startLocale("fi");
  for (const one of ["organisations", "backups", "attention"] as const) vi.spyOn(commands, one).mockImplementation(() => ok([]));
  vi.spyOn(commands, "describeOrganisation").mockImplementation(() => ok({ organisation, user: null, sample: false }));
  vi.spyOn(commands, "history").mockImplementation(() => ok({ changes: [], next: null }));
  vi.spyOn(commands, "reachFigures").mockImplementation(() => ok({ email: 4, phone: 3 }));
  entered({ organisation, user: null, sample: false } as never);
});

it("says nothing of a register that it has not read, then the first step of an empty one", async () => {
  vi.spyOn(commands, "registerFigures").mockImplementation(() => ok(figures(0)));
  const page = render(HomePage);
  expect(page.queryByText(/Rekisterissä on/)).toBeNull();
  await waitFor(() => page.getByText("Rekisteri alkaa tästä"));
  expect(page.getByRole("link", { name: "Lisää huoneistoja" }).getAttribute("href")).toBe("#/flats?do=add");
});

it("says a failure, and lets an answer go that a newer one has overtaken", async () => {
  const answers: ((contacts: number) => void)[] = [];
  vi.spyOn(commands, "registerFigures").mockImplementation(() => new Promise((done) => answers.push((contacts) => done({ status: "ok", data: figures(contacts) } as never))) as never);
  const page = render(HomePage);
  await waitFor(() => expect(answers.length).toBe(1));
  session.touch();
  await waitFor(() => expect(answers.length).toBe(2));
  answers[1]?.(7);
  await waitFor(() => page.getByText("Rekisterissä on 7 kontaktia"));
  answers[0]?.(3);
  vi.mocked(commands.registerFigures).mockImplementation(() => Promise.resolve({ status: "error", error: { code: "disk_full" } }) as never);
  session.touch();
  await waitFor(() => page.getByText("Levy on täynnä."));
  expect(page.queryByText(/Rekisterissä on 3/)).toBeNull();
});
