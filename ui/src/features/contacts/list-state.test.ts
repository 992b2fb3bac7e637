import { beforeEach, expect, it, vi } from "vitest";

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
});
const asked = (text = ""): URLSearchParams => new URLSearchParams(text);

it("keeps what the user has set until an address asks for something", async () => {
  const { keepList, listAt } = await import("./list-state.js");
  const mine = { view: "", query: "leh", filter: { roles: ["k"] }, sort: { column: "email", descending: true }, columns: ["city" as const] };
  keepList("o", mine);
  expect(listAt("o", asked())).toEqual(mine);
  expect(listAt("o", asked("group=g"))).toEqual({ ...mine, query: "", filter: { groups: ["g"] } });
  expect(listAt("o", asked("without=reason")).filter).toEqual({ without_reason: true });
  expect(listAt("o", asked("without=retention")).filter).toEqual({ without_reason: true, former: true });
  expect(listAt("other", asked()).columns).toEqual([]);
});

it("remembers order and columns of each organisation beyond the window, and nothing else", async () => {
  const first = await import("./list-state.js");
  first.keepList("o", { view: "", query: "leh", filter: {}, sort: { column: "city", descending: false }, columns: ["city"] });
  vi.resetModules();
  const second = await import("./list-state.js");
  expect(second.listAt("o", asked())).toEqual({ view: "", query: "", filter: {}, sort: { column: "city", descending: false }, columns: ["city"] });
  localStorage.setItem("kiulu-list-o", "{");
  expect(second.listAt("o", asked()).sort.column).toBe("name");
});
