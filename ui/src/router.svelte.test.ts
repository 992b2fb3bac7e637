import { flushSync } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import { guardLeaving, href, leave, leaving, match, navigate, route, startOver, whenAsked } from "./router.svelte.js";

const question = { title: "Leave?", what: "", stay: "Stay", leave: "Leave" };
const settled = () => new Promise((done) => setTimeout(done, 20));
afterEach(() => {
  location.hash = "";
  return settled();
});

describe("addresses", () => {
  it.each([
    ["/", "/", {}], ["/contacts/:id", "/contacts/a%20b", { id: "a b" }], ["/contacts/:id", "/contacts", null], ["/contacts/:id", "/contacts/", null], ["/contacts", "/flats", null], ["/x/:id", "/x/%E0%A4%A", { id: "%E0%A4%A" }],
  ])("%s under %s gives %o", (pattern, path, params) => expect(match(pattern, path)).toEqual(params));
  it("leaves empty values out of a link", () => expect(href("/contacts", { q: "å ä", page: 2, none: null, empty: "" })).toBe("#/contacts?q=%C3%A5+%C3%A4&page=2"));
  it("follows navigation, with and without a step back", async () => {
    navigate("/contacts", { q: "lehto" });
    await settled();
    expect([route.path, route.query.get("q")]).toEqual(["/contacts", "lehto"]);
    navigate("/contacts", { q: "lehtonen" }, { replace: true });
    expect(route.query.get("q")).toBe("lehtonen");
  });
  it("stays on a page with unsaved work until the question is answered", async () => {
    navigate("/import");
    await settled();
    const stop = guardLeaving(() => question);
    navigate("/contacts");
    await settled();
    expect([route.path, location.hash, leaving.question]).toEqual(["/import", "#/import", question]);
    leaving.stay();
    expect([route.path, leaving.question]).toEqual(["/import", null]);
    navigate("/contacts");
    await settled();
    leaving.go();
    await settled();
    expect(route.path).toBe("/contacts");
    stop();
  });
  it("asks nothing where nothing would be lost, nor when it starts over", async () => {
    navigate("/import");
    await settled();
    const stop = guardLeaving(() => null);
    const went = vi.fn();
    leave(went);
    expect(went).toHaveBeenCalledOnce();
    stop();
    const stopAsking = guardLeaving(() => question);
    startOver();
    expect([route.path, leaving.question]).toEqual(["/", null]);
    stopAsking();
  });
  it("does what an address asks for once, and takes the word out of it", async () => {
    const act = vi.fn();
    navigate("/flats", { do: "add", q: "a" });
    await settled();
    const stop = $effect.root(() => whenAsked("add", act));
    flushSync();
    expect([act.mock.calls.length, location.hash]).toEqual([1, "#/flats?q=a"]);
    stop();
  });
});
