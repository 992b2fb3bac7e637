import { beforeEach, expect, it, vi } from "vitest";
import { toasts } from "./components/toast.svelte.js";
import { call } from "./api/index.js";
import { backupHealth } from "./health.js";
import { startLocale } from "./i18n/index.js";
import { commands } from "./platform/bindings.js";
import { guardLeaving, leaving, navigate, route } from "./router.svelte.js";
import { entered, session, startSession } from "./session.svelte.js";
import { shell } from "./shell.svelte.js";

const ok = (data: unknown) => Promise.resolve({ status: "ok", data }) as never;
const settled = () => new Promise((done) => setTimeout(done, 20));
const opened = (id: string) => ({ organisation: { id, kind: "association", name: id, business_id: "", language: "fi", address: {}, time_zone: "", identity_code_basis: "" }, user: { id: "u", name: "Aino", email: "aino@example.fi" }, sample: false, read_only: false });
const info = (id: string) => ({ id, name: id, kind: "association", unlock: "keychain", open: false, sample: false });
const question = { title: "Leave?", what: "", stay: "Stay", leave: "Leave" };

beforeEach(async () => {
  startLocale("fi");
  vi.spyOn(commands, "settings").mockImplementation(() => ok({ language: "fi", theme: "system", last_organisation: "a" }));
  vi.spyOn(commands, "organisations").mockImplementation(() => ok([info("a"), info("b")]));
  vi.spyOn(commands, "openOrganisation").mockImplementation((id) => ok(opened(id)));
  vi.spyOn(commands, "describeOrganisation").mockImplementation((id) => ok(opened(id)));
  for (const name of ["backups", "attention"] as const) vi.spyOn(commands, name).mockImplementation(() => ok([]));
  vi.spyOn(commands, "syncStatus").mockImplementation(() => ok(null));
  await startSession();
  entered(opened("a") as never);
  await settled();
});

it("asks before unsaved work of one organisation is left for another, and starts the other on its first page", async () => {
  navigate("/contacts/new");
  await settled();
  const stop = guardLeaving(() => question);
  shell.acts.switchTo?.("b");
  await settled();
  expect([session.id, route.path, leaving.question]).toEqual(["a", "/contacts/new", question]);
  leaving.go();
  await settled();
  expect([session.id, route.path]).toEqual(["b", "/"]);
  stop();
});

it("asks before the first page takes the place of unsaved work", async () => {
  const stop = guardLeaving(() => question);
  shell.acts.create?.();
  expect([session.stage.at, leaving.question]).toEqual(["open", question]);
  leaving.go();
  expect(session.stage.at).toBe("welcome");
  stop();
});

it("keeps the page where the same organisation comes back, and leaves another's address behind", async () => {
  navigate("/contacts/x");
  await settled();
  entered(opened("a") as never);
  expect(route.path).toBe("/contacts/x");
  entered(opened("b") as never);
  expect(route.path).toBe("/");
});

it("says what Ctrl+Z took back, and offers it again without Ctrl+Z turning in a circle", async () => {
  vi.spyOn(commands, "newestUndoable").mockImplementation(() => ok("c"));
  vi.spyOn(commands, "history").mockImplementation(() => ok({ changes: [{ id: "c", action: { code: "contact_create", params: { name: "Aalto Aino" } }, undoes: null }], next: null }));
  const undo = vi.spyOn(commands, "undo").mockImplementation((_, change) => ok({ change: `undo of ${change}` }));
  await session.undoNewest();
  expect([toasts.current?.text, toasts.current?.undo]).toEqual(["Kumottu: lisäsi kontaktin Aalto Aino.", undefined]);
  toasts.current?.open?.run();
  await settled();
  expect(undo.mock.lastCall?.[1]).toBe("undo of c");
  expect(toasts.current?.text).toBe("Palautettu: lisäsi kontaktin Aalto Aino.");
});

it("asks whose laptop it is where a restored organisation does not say", () => {
  const unsigned = { ...opened("a"), user: null };
  entered(unsigned as never);
  expect(session.stage).toEqual({ at: "introduce", opened: unsigned });
  // What a newer program has written cannot be signed; it is only looked at.
  entered({ ...unsigned, read_only: true } as never);
  expect([session.stage.at, session.isReadOnly]).toEqual(["open", true]);
});

it("leads to the backups as soon as anything meets damage in the open file", async () => {
  vi.spyOn(commands, "house").mockResolvedValue({ status: "error", error: { code: "file_damaged" } } as never);
  await call(commands.house("a")).catch(() => {});
  expect(session.stage).toMatchObject({ at: "broken", info: { id: "a" }, problem: { code: "file_damaged" } });
});

it("looks through the file when the window has been in use for a while, and tells what it finds", async () => {
  vi.useFakeTimers();
  vi.spyOn(commands, "checkOrganisation").mockResolvedValue({ status: "error", error: { code: "file_damaged" } } as never);
  entered(opened("a") as never);
  await vi.advanceTimersByTimeAsync(1000);
  expect(session.stage.at).toBe("open");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(session.stage.at).toBe("broken");
  vi.useRealTimers();
});

it("says at the bottom of the rail that backups fail", async () => {
  vi.spyOn(commands, "attention").mockImplementation(() => ok([{ key: "backup-folder", kind: { code: "backup_failing", params: { folder: "/media/stick", since: "2026-11-20T07:00:00Z" } } }]));
  session.touch();
  await settled();
  expect(shell.backup?.failing).toBe(true);
  expect(shell.backup && backupHealth(shell.backup).tone).toBe("warn");
});
