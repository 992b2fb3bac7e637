// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map((found) => [found[1], { light: found[2]!, dark: found[3]! }]),
);

// WCAG 2.2: relative luminance and contrast ratio.
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ["board", "sheet", "raised", "steam", "selected", "current"];
const tones = ["ok", "warn", "danger", "info"];

/** Foreground, background, least ratio: 7 for running and muted text, 4.5 for other text, 3 for what only shows where a control is. */
const pairs: [string, string, number][] = [
  ...surfaces.flatMap((on): [string, string, number][] => [
    ["ink", on, 7],
    ["ink-muted", on, on === "selected" || on === "current" ? 4.5 : 7],
    ["ink-faint", on, 4.5],
    ["accent-ink", on, 4.5],
    ["danger-ink", on, 4.5],
    ["focus", on, 3],
    ["accent", on, 3],
  ]),
  ...["board", "sheet", "raised"].flatMap((on): [string, string, number][] => [
    ["line-control", on, 3],
    ["line-hoop", on, 3],
    ["chart", on, 3],
    ["ok-ink", on, 4.5],
    ["warn-ink", on, 4.5],
    ["info-ink", on, 4.5],
  ]),
  ...tones.flatMap((tone): [string, string, number][] => [
    [`${tone}-ink`, `${tone}-soft`, 7],
    ["ink", `${tone}-soft`, 7],
    ["ink-muted", `${tone}-soft`, 4.5],
    ["accent-ink", `${tone}-soft`, 4.5],
    [`${tone}-line`, `${tone}-soft`, 3],
  ]),
  ["ink", "accent-soft", 7],
  ["ink-muted", "accent-soft", 4.5],
  ["accent-ink", "accent-soft", 4.5],
  ["ink-on-accent", "accent", 7],
  ["ink-on-accent", "accent-hover", 7],
  ["ink-on-danger", "danger-fill", 7],
  ["ink-on-danger", "danger-fill-hover", 7],
  ["ink-on-inverse", "inverse", 7],
  ["ink-on-inverse-muted", "inverse", 7],
  ["action-on-inverse", "inverse", 7],
  ["ink-on-paper", "paper", 7],
  ...["rail", "rail-stave", "rail-groove", "rail-hover"].flatMap((on): [string, string, number][] => [
    ["rail-ink", on, 7],
    ["rail-ink-muted", on, 7],
    ["rail-focus", on, 3],
  ]),
  ["rail-edge", "rail", 3],
  ["rail-edge", "rail-stave", 3],
  ["rail-plate-ink", "rail-plate", 7],
  ["rail-badge-ink", "rail-badge", 7],
  ["rail-badge", "rail", 4.5],
  ["mark-stave", "rail", 3],
  ["mark-hoop", "mark-stave", 3],
];

describe.each(["light", "dark"] as const)("%s", (theme) => {
  it.each(pairs)("%s on %s reaches %s", (fore, back, least) => {
    const a = tokens.get(fore)?.[theme];
    const b = tokens.get(back)?.[theme];
    expect(a, `--${fore} is a pair of colours`).toBeDefined();
    expect(b, `--${back} is a pair of colours`).toBeDefined();
    expect(contrast(a!, b!)).toBeGreaterThanOrEqual(least);
  });
});

const files = import.meta.glob(["./**/*.svelte", "./app.css"], { query: "?raw", eager: true, import: "default" }) as Record<string, string>;

// A property that names nothing is invalid where it is used, and what it should have drawn is silently missing.
it("defines every token that a style uses", () => {
  const texts = [css, ...Object.values(files)];
  const defined = new Set(texts.flatMap((text) => [...text.matchAll(/(?:^|[\s;{"'])(?:style:)?(--[\w-]+)\s*[:=]/g)].map(([, name]) => name!)));
  const used = texts.flatMap((text) => [...text.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name!)).filter((name) => !name.startsWith("--bits-"));
  expect([...new Set(used)].filter((name) => !defined.has(name))).toEqual([]);
});

it("names no colour outside the tokens", () => {
  const stray = Object.entries(files).filter(([, text]) => /#[0-9a-f]{6}\b|\brgba?\(|\bhsla?\(/i.test(text.slice(Math.max(0, text.indexOf("<style")))));
  expect(stray.map(([file]) => file)).toEqual([]);
});
