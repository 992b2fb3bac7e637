import { expect, it } from "vitest";
import { onTextSizeChange, setTextSize, startTextSize, textSize } from "./text-size.svelte.js";

it("grows the root, tells who stores it, and leaves the root alone at the usual size", () => {
  const told: string[] = [];
  const stop = onTextSizeChange((size) => told.push(size));
  setTextSize("150");
  expect(document.documentElement.style.fontSize).toBe("150%");
  expect(textSize()).toBe("150");
  startTextSize(undefined);
  expect(document.documentElement.style.fontSize).toBe("");
  stop();
  setTextSize("125");
  expect(told).toEqual(["150"]);
});
