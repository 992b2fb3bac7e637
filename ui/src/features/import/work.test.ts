import { expect, it, vi } from "vitest";
import { commands } from "../../platform/bindings.js";
import { LongWork } from "./work.svelte.js";

vi.mock("../../platform/index.js", () => ({ Channel: class { onmessage = () => {}; } }));
const settled = () => new Promise((done) => setTimeout(done, 0));

it("cancels what is under way, begins the next when that has stopped, and forgets its answer", async () => {
  const cancelled: number[] = [];
  let stop = (): void => {};
  vi.spyOn(commands, "cancelJob").mockImplementation((job) => {
    cancelled.push(job);
    stop();
    return Promise.resolve() as never;
  });
  const work = new LongWork();
  const first = work.run("preview", () => new Promise<string>((_, fail) => (stop = () => fail({ code: "cancelled" }))));
  await settled();
  const job = work.now?.job;
  const second = work.run("preview", () => Promise.resolve("second"));
  expect(await first).toBeNull();
  expect(await second).toBe("second");
  expect(cancelled).toEqual([job]);
  expect(work.now).toBeNull();
});

it("lets the last of several hurried pieces count, and none between", async () => {
  vi.spyOn(commands, "cancelJob").mockImplementation(() => Promise.resolve() as never);
  const work = new LongWork();
  let finish = (_: string): void => {};
  const done: string[] = [];
  const one = work.run("preview", () => new Promise<string>((found) => (finish = found)));
  await settled();
  const two = work.run("preview", async () => (done.push("two"), "two"));
  const three = work.run("preview", async () => (done.push("three"), "three"));
  finish("one, too late to be cancelled");
  expect(await Promise.all([one, two, three])).toEqual([null, null, "three"]);
  expect(done).toEqual(["three"]);
});

it("says that the user's own cancelling was that", async () => {
  vi.spyOn(commands, "cancelJob").mockImplementation(() => Promise.resolve() as never);
  const work = new LongWork();
  await expect(work.run("run", () => Promise.reject({ code: "cancelled" }))).rejects.toEqual({ code: "cancelled" });
  expect(work.now).toBeNull();
});
