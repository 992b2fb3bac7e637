import { describe, expect, it, vi } from "vitest";
import { chipsOf, isOpen, narrowings, newest, selectionOf, sortOf, type Filter } from "./list.js";

const names = { kinds: [{ id: "k1", name: "Osakas" }, { id: "k2", name: "Asukas" }], groups: [{ id: "g1", name: "Talkooväki" }] };

describe("search as it is typed", () => {
  it("keeps silent about a failure of a question nobody waits for", async () => {
    const failed = vi.fn();
    const heard = vi.fn();
    const ask = newest((asked: string) => (asked === "old" ? Promise.reject(new Error("gone")) : Promise.resolve(asked)), heard, failed);
    ask("old");
    ask("new");
    await new Promise((done) => setTimeout(done));
    expect(failed).not.toHaveBeenCalled();
    expect(heard).toHaveBeenCalledExactlyOnceWith("new", "new");
  });
  it("asks at once, and of what is typed meanwhile only the last", async () => {
    let answer = (_: string): void => {};
    const asked = vi.fn((_: string) => new Promise<string>((done) => (answer = done)));
    const heard = vi.fn();
    const ask = newest(asked, heard, () => {});
    for (const text of ["l", "le", "leh"]) ask(text);
    expect(asked.mock.calls).toEqual([["l"]]);
    answer("rows");
    await vi.waitFor(() => expect(asked.mock.calls).toEqual([["l"], ["leh"]]));
    expect(heard).not.toHaveBeenCalled();
    answer("rows of leh");
    await vi.waitFor(() => expect(heard.mock.calls).toEqual([["rows of leh", "leh"]]));
  });
});

describe("chips and filter", () => {
  it.each(narrowings({}, names, ["A"]).map((one) => [one.key, one] as const))("%s: choosing it shows one chip, removing the chip opens the filter again", (_, one) => {
    expect(isOpen(one.toggled)).toBe(false);
    const chips = chipsOf(one.toggled, names);
    expect(chips.map((chip) => chip.label)).toEqual([one.label]);
    expect(isOpen(chips[0]!.without)).toBe(true);
  });
  it("keeps the other conditions when one goes", () => {
    const filter: Filter = { roles: ["k1", "k2"], has_email: false, groups: ["g1"] };
    const chips = chipsOf(filter, names);
    expect(chips.map((chip) => chip.key)).toEqual(["k1", "k2", "g1", "without_email"]);
    expect(chips[0]!.without).toEqual({ roles: ["k2"], has_email: false, groups: ["g1"] });
  });
  it("shows what was set beyond the menu, each to be removed", () => {
    const fields = [{ id: "f", name: "Avain", kind: "yes_no" as const, choices: [] }];
    const filter: Filter = { city: "Espoo", language: "sv", born_from: 1950, born_to: 1960, custom: [["f", "true"]] };
    const chips = chipsOf(filter, { ...names, fields });
    expect(chips.map((chip) => chip.label)).toEqual(["Espoo", "ruotsi", "Syntynyt 1950 tai myöhemmin", "Syntynyt 1960 tai aiemmin", "Avain: Kyllä"]);
    let left = filter;
    while (!isOpen(left)) left = chipsOf(left, { ...names, fields })[0]!.without;
  });
  it("turns its opposite off: a list cannot both have and lack e-mail", () => {
    const with_ = narrowings({ has_email: false }, names).find((one) => one.key === "with_email")!;
    expect(chipsOf(with_.toggled, names).map((chip) => chip.key)).toEqual(["with_email"]);
  });
});

describe("ticked rows for the host", () => {
  it("names those ticked, or the list itself with those left out", () => {
    expect(selectionOf({ all: false, keys: ["a", "b"] }, {})).toEqual({ select: "ids", of: ["a", "b"] });
    expect(selectionOf({ all: true, except: [] }, { query: "leh" })).toEqual({ select: "list", of: { query: "leh" } });
    expect(selectionOf({ all: true, except: ["c0"] }, { query: "leh" })).toEqual({ select: "list_except", of: [{ query: "leh" }, ["c0"]] });
  });
});

it("sorts by name where the host knows no such order", () => {
  expect(sortOf("flat")).toBe("flat");
  expect(sortOf("roles")).toBe("name");
});
