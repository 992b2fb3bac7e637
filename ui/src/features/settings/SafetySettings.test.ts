import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands } from "../../platform/bindings.js";
import { entered } from "../../session.svelte.js";
import SafetySettings from "./SafetySettings.svelte";

const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const organisation = { id: "a", kind: "association", name: "As Oy", business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" };
const opened = { organisation, user: { id: "u", name: "Aino", email: "" }, sample: false, read_only: false, contacts: 0 };
const sheet = createRawSnippet((name: () => string, code: () => string) => ({ render: () => `<p>${name()}: ${code()}</p>` }));

beforeEach(() => {
  startLocale("en");
  vi.spyOn(commands, "describeOrganisation").mockImplementation(() => ok(opened));
  for (const name of ["organisations", "backups", "attention"] as const) vi.spyOn(commands, name).mockImplementation(() => ok([]));
  entered(opened as never);
});

it("asks before the sheet is replaced, shows the new one, and says that some backups kept the old code", async () => {
  const renew = vi.spyOn(commands, "renewRecovery").mockImplementation(() => ok({ code: "ABCD-EFGH", everywhere: false }));
  const page = render(SafetySettings, { sheet } as never);
  await userEvent.click(page.getByRole("button", { name: /new recovery code/ }));
  expect(renew).not.toHaveBeenCalled();
  await userEvent.click(await page.findByRole("button", { name: "Make the new code" }));
  await page.findByText("As Oy: ABCD-EFGH");
  await page.findByText(/Not every backup was within reach/);
  // The code is shown once: leaving the dialog by the keyboard would lose it.
  await userEvent.keyboard("{Escape}");
  page.getByText("As Oy: ABCD-EFGH");
});

it("does not take a passphrase that was typed differently the second time", async () => {
  const set = vi.spyOn(commands, "setPassphrase").mockImplementation(() => ok(true));
  const page = render(SafetySettings, { sheet } as never);
  await userEvent.type(page.getByLabelText(/New passphrase/), "kolme löylyä");
  await userEvent.type(page.getByLabelText(/Passphrase again/), "kolme löyly");
  await userEvent.click(page.getByRole("button", { name: "Use this passphrase" }));
  await page.findByText("The passphrases are not the same.");
  expect(set).not.toHaveBeenCalled();
  await userEvent.type(page.getByLabelText(/Passphrase again/), "ä");
  await userEvent.click(page.getByRole("button", { name: "Use this passphrase" }));
  expect(set).toHaveBeenCalledWith("a", "kolme löylyä", "keychain");
});
