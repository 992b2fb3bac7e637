// @vitest-environment node
import { expect, it } from "vitest";
import type { FlatMessage } from "../platform/bindings.js";
import { messageText } from "./flat-message.js";

const span = { start: "2026-10-22T18:00:00", end: "2026-10-22T19:00:00" };
const displaced = (language: FlatMessage["language"], alternatives: (typeof span)[]): FlatMessage => ({ to: "A 2", language, resource: "Talosauna", about: { code: "displaced", params: { span, alternatives } } });

it("writes to each flat in its own language, whatever the window speaks", () => {
  const free = { start: "2026-10-23T20:00:00", end: "2026-10-23T21:00:00" };
  expect(messageText(displaced("fi", [free]))).toContain("– pe 23.10.2026 20.00–21.00");
  const swedish = messageText(displaced("sv", [free]));
  expect(swedish).toContain("Hej, A 2!");
  expect(swedish).toContain("tors 22.10.2026 18.00–19.00");
  expect(messageText(displaced("en", [free]))).toContain("Thu 22.10.2026");
});
it("offers no list where nothing is free", () => {
  const text = messageText(displaced("fi", []));
  expect(text).not.toContain("–\u0020");
  expect(text).toContain("Ottakaa yhteyttä");
});
it("tells what heating would have taken", () => {
  const text = messageText({ to: "B 7", language: "fi", resource: "Talosauna", about: { code: "unheated", params: { span, turns: 2, needed: 3 } } });
  expect(text).toContain("varattiin 2");
  expect(text).toContain("tarvitaan 3");
});
it("says until when a turn waits for an answer", () => {
  const offered = (language: FlatMessage["language"]): string => messageText({ to: "A 2", language, resource: "Talosauna", about: { code: "offered", params: { span, until: "2026-10-21T12:00:00" } } });
  expect(offered("fi")).toContain("viimeistään ke 21.10.2026 12.00");
  expect(offered("sv")).toContain("senast ons 21.10.2026 12.00");
  expect(offered("en")).toContain("Wed 21.10.2026 12.00");
});
