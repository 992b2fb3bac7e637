import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { startLocale } from "../i18n/index.js";
import { addFinder, findAll } from "../shell.svelte.js";
import CommandPalette from "./CommandPalette.svelte";

it("runs what answers the words that stand there, however fast Enter came after them", async () => {
  startLocale("fi");
  const run = vi.fn();
  const answers = new Map<string, () => void>();
  const search = (query: string) =>
    new Promise<{ groups: { title: string; items: { id: string; label: string; run: () => void }[] }[] }>((done) => answers.set(query, () => done({ groups: [{ title: "G", items: [{ id: query, label: query, run: () => run(query) }] }] })));
  const page = render(CommandPalette, { open: true, search });
  await waitFor(() => answers.get("")?.());
  const input = page.getByRole("combobox");
  await userEvent.type(input, "le{Enter}");
  expect(run).not.toHaveBeenCalled();
  answers.get("le")?.();
  await waitFor(() => expect(run).toHaveBeenCalledExactlyOnceWith("le"));
});

it("keeps what the others found when one finder fails, and says so", async () => {
  const stops = [addFinder(() => Promise.reject(new Error("x"))), addFinder(() => Promise.resolve([{ title: "B", items: [] }]))];
  const found = await findAll({ title: "A", items: [] }, "", new AbortController().signal);
  expect([found.groups.map((group) => group.title), found.problem instanceof Error]).toEqual([["A", "B"], true]);
  stops.forEach((stop) => stop());
});
