import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands } from "../../platform/bindings.js";
import Broken from "./Broken.svelte";

const info = { id: "a", name: "As Oy", kind: "association", unlock: "keychain", open: false, sample: false, recoverable: true } as never;
const backup = (day: number) => ({ path: `/b/${day}`, organisation: "a", name: "As Oy", made_at: `2026-11-${day}T07:00:00Z`, kib: 1, place: "here" });
const show = (code: string) => render(Broken, { info, problem: { code } });

beforeEach(() => {
  startLocale("en");
  vi.spyOn(commands, "backups").mockResolvedValue({ status: "ok", data: [backup(22), backup(21), backup(20)] } as never);
});

it("offers the newest backup, and the next one when that is damaged", async () => {
  const tried: string[] = [];
  vi.spyOn(commands, "restoreBackup").mockImplementation((path) => {
    tried.push(path);
    return Promise.resolve({ status: "error", error: { code: "backup_damaged" } }) as never;
  });
  const page = show("file_damaged");
  await userEvent.click(await page.findByRole("button", { name: "Restore and open" }));
  await page.findByText(/is no good/);
  await userEvent.click(page.getByRole("button", { name: "Restore and open" }));
  await waitFor(() => expect(tried).toEqual(["/b/22", "/b/21"]));
  expect(page.queryByText("Other backups")).toBeNull();
});

it("lets any other backup be chosen, also where the file has gone", async () => {
  const restore = vi.spyOn(commands, "restoreBackup").mockResolvedValue({ status: "error", error: { code: "disk_full" } } as never);
  const page = show("file_not_found");
  await page.findByText("Other backups");
  const others = page.container.querySelectorAll("li button");
  expect(others.length).toBe(2);
  await userEvent.click(others[1]!);
  await userEvent.click(page.getByRole("button", { name: "Restore and open" }));
  expect(restore).toHaveBeenCalledWith("/b/20", { with: "keychain" });
});

it("offers no older data for a file that a newer program has made", async () => {
  const page = show("file_newer");
  await waitFor(() => expect(commands.backups).toHaveBeenCalled());
  expect(page.queryByRole("button", { name: "Restore and open" })).toBeNull();
});
