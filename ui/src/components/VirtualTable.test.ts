import { render, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Selection } from "./selection.svelte.js";
import VirtualTable from "./VirtualTable.svelte";

type Row = { id: string; name: string };
const fetchRange = async (offset: number, limit: number): Promise<Row[]> =>
  Array.from({ length: limit }, (_, i) => ({ id: `r${offset + i}`, name: `Nimi ${offset + i}` }));

// jsdom lays nothing out: the view is given a height of 400 px.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
});
afterEach(() => void vi.restoreAllMocks());

function table(more: Partial<Record<string, unknown>> = {}) {
  const selection = new Selection();
  const onopen = vi.fn();
  const onsort = vi.fn();
  const page = render(VirtualTable<Row>, {
    label: "Kontaktit", total: 100_000, fetchRange, selection, onopen, onsort,
    columns: [{ id: "name", title: "Nimi", width: "1fr", text: (row: Row) => row.name, sortable: true }],
    rowKey: (row: Row) => row.id, rowName: (row: Row) => row.name, ...more,
  });
  return { page, selection, onopen, onsort, grid: page.getByRole("grid"), user: userEvent.setup() };
}

describe("a table of 100 000 rows", () => {
  it("draws only the rows in view, and says how many there are", async () => {
    const { page, grid } = table();
    await waitFor(() => expect(page.getByText("Nimi 0")).toBeTruthy());
    expect(grid.querySelectorAll(".body [role=row]").length).toBeLessThan(40);
    expect(grid.getAttribute("aria-rowcount")).toBe("100001");
    expect(page.getByText("Nimi 3").closest("[role=row]")?.getAttribute("aria-rowindex")).toBe("5");
  });

  it("goes to its end and back by keyboard, the active row being named to screen readers", async () => {
    const { page, grid, user } = table();
    grid.focus();
    await user.keyboard("{End}");
    await waitFor(() => expect(page.getByText("Nimi 99999")).toBeTruthy());
    const active = document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
    expect(active?.textContent).toContain("Nimi 99999");
    await user.keyboard("{Home}{ArrowDown}");
    await waitFor(() => expect(document.getElementById(grid.getAttribute("aria-activedescendant") ?? "")?.textContent).toContain("Nimi 1"));
  });

  it("opens with Enter and ticks with Space, a range with Shift, all with Ctrl A, none with Esc", async () => {
    const { page, grid, user, selection, onopen } = table();
    await waitFor(() => expect(page.getByText("Nimi 0")).toBeTruthy());
    grid.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    expect(onopen).toHaveBeenCalledWith({ id: "r1", name: "Nimi 1" });
    await user.keyboard(" ");
    expect(selection.ticked).toEqual({ all: false, keys: ["r1"] });
    await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    await waitFor(() => expect(selection.ticked).toEqual({ all: false, keys: ["r1", "r2", "r3"] }));
    await user.keyboard("{Control>}a{/Control}");
    expect(selection.count(100_000)).toBe(100_000);
    await user.keyboard("{Escape}");
    expect(selection.count(100_000)).toBe(0);
  });

  it("ticks a range beyond the rows in view with Shift and the mouse", async () => {
    const { page, grid, user, selection, onopen } = table();
    await waitFor(() => expect(page.getByText("Nimi 0")).toBeTruthy());
    await user.click(page.getByLabelText("Valitse Nimi 2"));
    await waitFor(() => expect(selection.has("r2")).toBe(true));
    expect(onopen).not.toHaveBeenCalled();
    grid.scrollTop = 38 * 250;
    grid.dispatchEvent(new Event("scroll"));
    await waitFor(() => expect(page.getByText("Nimi 251")).toBeTruthy());
    await user.keyboard("{Shift>}");
    await user.click(page.getByLabelText("Valitse Nimi 251"));
    await user.keyboard("{/Shift}");
    await waitFor(() => expect(selection.count(100_000)).toBe(250));
  });

  it("asks for the other order when its column is pressed again", async () => {
    const { page, user, onsort } = table({ sort: { column: "name", descending: false } });
    expect(page.getByRole("columnheader", { name: /Nimi/ }).getAttribute("aria-sort")).toBe("ascending");
    await user.click(page.getByRole("button", { name: "Nimi" }));
    expect(onsort).toHaveBeenCalledWith({ column: "name", descending: true });
  });

  it("says in place that rows could not be fetched, and tries again", async () => {
    const failing = vi.fn().mockRejectedValueOnce({ code: "gone" }).mockImplementation(fetchRange);
    const { page, user } = table({ fetchRange: failing });
    await waitFor(() => expect(page.getByRole("alert")).toBeTruthy());
    await user.click(page.getByRole("button", { name: "Yritä uudelleen" }));
    await waitFor(() => expect(page.getByText("Nimi 0")).toBeTruthy());
    expect(page.queryByRole("alert")).toBeNull();
  });

  it("leaves keys on a link within a row to the link", async () => {
    const cell = createRawSnippet((row: () => Row) => ({ render: () => `<a href="#/x">Linkki ${row().id}</a>` }));
    const { page, user, onopen } = table({ columns: [{ id: "name", title: "Nimi", width: "1fr", cell }] });
    (await page.findByText("Linkki r3")).focus();
    await user.keyboard("{Enter}{ArrowDown}");
    expect(onopen).not.toHaveBeenCalled();
  });

  it("goes to its top with another list, and stays where it is with new data of the same", async () => {
    const { page, grid } = table({ list: "kaikki" });
    grid.scrollTop = 38 * 250;
    grid.dispatchEvent(new Event("scroll"));
    await waitFor(() => expect(page.getByText("Nimi 251")).toBeTruthy());
    await page.rerender({ fetchRange: (offset: number, limit: number) => fetchRange(offset, limit) });
    expect(grid.scrollTop).toBe(38 * 250);
    await page.rerender({ list: "leh" });
    expect(grid.scrollTop).toBe(0);
  });
});
