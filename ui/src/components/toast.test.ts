import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import ToastStrip from "./ToastStrip.svelte";
import { LINGER, STAY, Toasts, toasts } from "./toast.svelte.js";

describe("a toast's time", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is ten seconds", () => {
    const held = new Toasts();
    held.show({ text: "Tehty" });
    vi.advanceTimersByTime(STAY - 1);
    expect(held.current?.text).toBe("Tehty");
    vi.advanceTimersByTime(1);
    expect(held.current).toBeNull();
  });

  it("stands still under the pointer, and leaves a moment afterwards", () => {
    const held = new Toasts();
    held.show({ text: "Tehty" });
    vi.advanceTimersByTime(STAY - 500);
    held.hold();
    vi.advanceTimersByTime(10 * STAY);
    expect(held.current).not.toBeNull();
    held.release();
    vi.advanceTimersByTime(LINGER - 1);
    expect(held.current).not.toBeNull();
    vi.advanceTimersByTime(1);
    expect(held.current).toBeNull();
  });

  it("starts anew for the next toast, one at a time", () => {
    const held = new Toasts();
    held.show({ text: "Ensin" });
    vi.advanceTimersByTime(STAY - 1);
    held.show({ text: "Sitten" });
    vi.advanceTimersByTime(STAY - 1);
    expect(held.current?.text).toBe("Sitten");
  });
});

describe("undo", () => {
  afterEach(() => toasts.close());

  it("is taken once, by the button or by Ctrl Z", async () => {
    const user = userEvent.setup();
    const undo = vi.fn();
    const page = render(ToastStrip);
    toasts.show({ text: "3 poistettiin", undo });
    await tick();
    await user.click(page.getByRole("button", { name: "Kumoa" }));
    await user.keyboard("{Control>}z{/Control}");
    expect(undo).toHaveBeenCalledTimes(1);
    toasts.show({ text: "3 poistettiin", undo });
    await user.keyboard("{Control>}z{/Control}");
    expect(undo).toHaveBeenCalledTimes(2);
    expect(toasts.current).toBeNull();
  });

  it("leaves Ctrl Z to a text field that has the focus", async () => {
    const user = userEvent.setup();
    const undo = vi.fn();
    render(ToastStrip);
    const field = document.body.appendChild(document.createElement("input"));
    toasts.show({ text: "Tehty", undo });
    await user.click(field);
    await user.keyboard("{Control>}z{/Control}");
    expect(undo).not.toHaveBeenCalled();
    field.remove();
  });
});
