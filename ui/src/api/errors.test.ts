import { afterEach, describe, expect, it } from "vitest";
import { startLocale } from "../i18n/index.js";
import { asProblem, call, explain, Problem } from "./index.js";

afterEach(() => startLocale("fi"));

describe("a failure in words", () => {
  it("is honest about a code it does not know, and shows it", () => {
    const told = explain({ code: "moon_in_the_way", params: {} });
    expect(told.title).toBe("Jokin meni vikaan");
    expect(told.next).not.toBe("");
    expect(told.code).toBe("moon_in_the_way");
  });
  it("speaks the language of the window", () => {
    startLocale("en");
    expect(explain(new Problem("x")).title).toBe("Something went wrong");
  });
  it.each([[new Error("boom"), "unexpected", "boom"], ["plain text", "unexpected", "plain text"], [null, "unexpected", "null"]])("reads %s as %s", (thrown, code, detail) => {
    expect(asProblem(thrown).code).toBe(code);
    expect(asProblem(thrown).params.detail).toBe(detail);
  });
  it("says what a file is that is no list, and what there is too much of", () => {
    expect(explain({ code: "not_a_spreadsheet", params: { found: "pdf" } }).title).toBe("Tämä on PDF-tiedosto, ei taulukko.");
    expect(explain({ code: "sheet_too_large", params: { limit: "cells" } }).title).toBe("Tiedosto on liian suuri: solujen määrä.");
  });
  it("does not ask a person to pass on a code where there is none", () => {
    const told = explain(new TypeError("x is undefined"));
    expect([told.title, told.code]).toEqual(["Kiulussa tapahtui odottamaton virhe.", null]);
  });
  it("keeps nothing of names that objects have by nature", () => expect(explain({ code: "toString" }).code).toBe("toString"));
});

describe("calling a command", () => {
  it("gives its data", async () => expect(await call(Promise.resolve({ status: "ok", data: 7 }))).toBe(7));
  it("throws its error as a Problem, and so when the call itself breaks", async () => {
    await expect(call(Promise.resolve({ status: "error", error: { code: "file_locked", params: { name: "a.xlsx" } } }))).rejects.toMatchObject({ code: "file_locked", params: { name: "a.xlsx" } });
    await expect(call(Promise.reject(new Error("no host")))).rejects.toBeInstanceOf(Problem);
  });
});
