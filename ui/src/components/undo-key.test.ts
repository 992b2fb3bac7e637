import { afterEach, expect, it } from "vitest";
import { isUndoKey } from "./undo-key.js";

afterEach(() => (document.body.innerHTML = ""));

it.each([
  ["<input id=at>", false], ["<textarea id=at></textarea>", false], ["<input id=at type=checkbox>", true], ["<select id=at></select>", true], ["<button id=at></button>", true],
  ["<button id=at></button><div role=dialog></div>", false],
])("in %s means undo: %s", (markup, means) => {
  document.body.innerHTML = markup;
  let found: boolean | null = null;
  const heard = (event: KeyboardEvent) => (found = isUndoKey(event));
  window.addEventListener("keydown", heard);
  document.getElementById("at")?.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true }));
  window.removeEventListener("keydown", heard);
  expect(found).toBe(means);
});
