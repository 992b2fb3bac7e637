import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands, type Sharing_Serialize as Sharing } from "../../platform/bindings.js";
import { entered } from "../../session.svelte.js";
import SharingSettings from "./SharingSettings.svelte";

const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const refused = (code: string) => Promise.resolve({ status: "error", error: { code } }) as never;
const organisation = { id: "a", kind: "association", name: "As Oy", business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" };
const opened = { organisation, user: { id: "u", name: "Aino", email: "" }, sample: false, read_only: false, only_reads: false, contacts: 0 };
const device = (id: string, name: string, changed: object = {}) => ({ id, number: 1, name, role: "editor" as const, shut_out: false, this: false, ...changed });
const shared = (changed: Partial<Sharing> = {}): Sharing => ({
  address: "https://kiulu.example.org",
  role: "owner",
  head: { number: 12, code: "0011 2233 4455 6677" },
  devices: [device("1", "Aino", { role: "owner", this: true }), device("2", "Pekka"), device("3", "Eero", { shut_out: true })],
  invitations: [],
  sheets: [],
  erasure: null,
  status: { phase: { code: "idle" }, synced_at: "2026-11-30T09:58:00Z", unsent: 0 },
  ...changed,
});

beforeEach(() => {
  startLocale("en");
  vi.spyOn(commands, "describeOrganisation").mockImplementation(() => ok(opened));
  vi.spyOn(commands, "syncStatus").mockImplementation(() => ok(null));
  for (const name of ["organisations", "backups", "attention"] as const) vi.spyOn(commands, name).mockImplementation(() => ok([]));
  entered(opened as never);
});

it("says at the field what is wrong with the address, and asks for the token where the server wants one", async () => {
  vi.spyOn(commands, "sharing").mockImplementation(() => ok(null));
  const share = vi.spyOn(commands, "share").mockImplementation(() => refused("address_invalid"));
  const page = render(SharingSettings);
  await userEvent.type(await page.findByLabelText(/Address of the server/), "no such");
  await userEvent.click(page.getByRole("button", { name: "Begin to share" }));
  await page.findByText("This is not an address.");
  expect(share).toHaveBeenCalledWith("a", "no such", null);
  share.mockImplementation(() => refused("token_needed"));
  await userEvent.click(page.getByRole("button", { name: "Begin to share" }));
  await page.findByText("The server asks for a token.");
  await userEvent.type(page.getByLabelText(/Token/), "abc");
  await userEvent.click(page.getByRole("button", { name: "Begin to share" }));
  expect(share).toHaveBeenLastCalledWith("a", "no such", "abc");
});

it("shows the code of an invitation once, in groups and as a picture", async () => {
  vi.spyOn(commands, "sharing").mockImplementation(() => ok(shared()));
  const invite = vi.spyOn(commands, "invite").mockImplementation(() => ok({ code: "ABCDE-FGHJK-7", picture: { width: 21, path: "M0 0h1v1h-1z" }, role: "viewer", expires: "2026-12-07T10:00:00Z" }));
  const page = render(SharingSettings);
  await userEvent.click(await page.findByRole("button", { name: "Invite" }));
  await userEvent.click(await page.findByRole("radio", { name: /Reader/ }));
  await userEvent.click(page.getByRole("button", { name: "Make the code" }));
  expect(invite).toHaveBeenCalledWith("a", "viewer", 7);
  const code = await page.findByRole("list", { name: "Invitation code" });
  expect([...code.querySelectorAll("li")].map((one) => one.textContent)).toEqual(["ABCDE", "FGHJK", "7"]);
  page.getByRole("img", { name: "The code as a picture" });
});

it("asks before a computer is shut out, and lets nobody shut out their own", async () => {
  vi.spyOn(commands, "sharing").mockImplementation(() => ok(shared()));
  const shut = vi.spyOn(commands, "shutOut").mockImplementation(() => ok(null));
  const page = render(SharingSettings);
  await userEvent.click(await page.findByRole("button", { name: "Shut out: Pekka" }));
  expect(page.queryByRole("button", { name: "Shut out: Aino" })).toBeNull();
  expect(shut).not.toHaveBeenCalled();
  await page.findByText("Shut Pekka out?");
  await userEvent.click(page.getByRole("button", { name: "Shut out" }));
  await waitFor(() => expect(shut).toHaveBeenCalledWith("a", ["2"]));
});

it("lets those decide nothing who are no administrators", async () => {
  vi.spyOn(commands, "sharing").mockImplementation(() => ok(shared({ role: "editor" })));
  const page = render(SharingSettings);
  await page.findByText("0011 2233 4455 6677");
  await page.findByText("Only administrators invite others and change what they may do.");
  for (const name of [/^Invite/, /^Shut out/, /recovery sheet/, /board over/]) expect(page.queryByRole("button", { name })).toBeNull();
});

it("says why sharing has stopped, and what to do", async () => {
  const failed = { code: "failed", params: { problem: { code: "shut_out" }, again_at: "2026-11-30T10:10:00Z" } } as const;
  vi.spyOn(commands, "sharing").mockImplementation(() => ok(shared({ role: null, status: { phase: failed, synced_at: null, unsent: 2 } })));
  const page = render(SharingSettings);
  await page.findByText("This computer was shut out of sharing.");
  await page.findByText(/ask an administrator for a new invitation/);
});
