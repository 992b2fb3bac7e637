// @vitest-environment node
import { describe, expect, it } from "vitest";
import { errorCodes } from "../api/errors.js";
import en from "../../messages/en.json";
import fi from "../../messages/fi.json";
import sv from "../../messages/sv.json";

type Variant = { declarations: string[]; match: Record<string, string> };
type Messages = Record<string, string | Variant[]>;
const languages: Record<string, Messages> = { fi, sv, en } as unknown as Record<string, Messages>;

function texts(message: string | Variant[]): string[] {
  return typeof message === "string" ? [message] : message.flatMap((variant) => Object.values(variant.match));
}
function inputs(message: string | Variant[]): string[] {
  const used = texts(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!));
  return [...new Set(used)].sort();
}

describe.each(["sv", "en"])("%s against Finnish", (language) => {
  const other = languages[language]!;
  it("has the same messages in the same order", () => {
    expect(Object.keys(other)).toEqual(Object.keys(fi));
  });
  it("uses the same values in each", () => {
    for (const [key, message] of Object.entries(fi as unknown as Messages)) expect(inputs(other[key]!), key).toEqual(inputs(message));
  });
});

describe.each(Object.entries(languages))("%s", (_, messages) => {
  it("leaves no message empty and none with stray spaces", () => {
    for (const [key, message] of Object.entries(messages)) for (const text of texts(message)) expect(text, key).toMatch(/^\S(.*\S)?$/su);
  });
  it("has a sentence for each code and no other", () => {
    const written = Object.keys(messages).filter((key) => key.startsWith("error_") && key !== "error_code");
    expect(written.sort()).toEqual(errorCodes.map((code) => `error_${code}`).sort());
  });
  it("writes every error in three lines: what happened, what was kept, what next", () => {
    for (const code of errorCodes) {
      const lines = String(messages[`error_${code}`]).split("\n");
      expect(lines, code).toHaveLength(3);
      for (const line of lines) expect(line, code).not.toBe("");
    }
  });
});

// The verbs of buttons (`action_…`) are a common stock; every other message belongs to a place that shows it.
it("uses every message somewhere", () => {
  const sources = import.meta.glob(["../**/*.svelte", "../**/*.ts", "!../paraglide/**", "!../gallery/**", "!../**/*.test.ts"], { query: "?raw", eager: true, import: "default" });
  const all = Object.values(sources).join("\n");
  const unused = Object.keys(fi).filter((key) => key !== "$schema" && !key.startsWith("action_") && !key.startsWith("error_") && !new RegExp(`\\bm\\.${key}\\b`).test(all));
  expect(unused).toEqual([]);
});
