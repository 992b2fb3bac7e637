import { expect, it, vi } from "vitest";
import type { BookingAnswer_Serialize as Answer } from "../../platform/bindings.js";
import { Carrying } from "./carrying.svelte.js";
import type { Held, Target } from "./drag.js";

const held: Held = { act: "make", column: 0, from: 0 };
const at = (hour: number): Target => ({ column: 0, span: { start: `2026-10-22T${hour}:00:00`, end: `2026-10-22T${hour + 1}:00:00` } });
const answer = (hour: number): Answer => ({ quote: null, against: [], quotas: [{ quota: { per: "day", unit: "bookings", most: hour }, used: 0 }], nearby: [] });
/** Answers are given by hand, in the order of the questions. */
function slowHost() {
  const waiting: { target: Target; give: (answer: Answer) => void; refuse: () => void }[] = [];
  const ask = vi.fn((_: Held, target: Target) => new Promise<Answer>((give, fail) => waiting.push({ target, give, refuse: () => fail(new Error("gone")) })));
  return { ask, waiting };
}
const settled = () => new Promise((done) => setTimeout(done));

it("asks one question at a time, and next for the newest place only", async () => {
  const { ask, waiting } = slowHost();
  const carrying = new Carrying(ask);
  carrying.start(held, at(10));
  carrying.to(at(11));
  carrying.to(at(12));
  expect(ask).toHaveBeenCalledTimes(1);
  // An answer to a place that was left is shown nowhere, but known when it comes back there.
  waiting[0]!.give(answer(10));
  await settled();
  expect(carrying.now?.answer).toBeNull();
  expect(ask.mock.calls.map(([, target]) => target.span.start.slice(11, 13))).toEqual(["10", "12"]);
  waiting[1]!.give(answer(12));
  await settled();
  expect(carrying.now?.answer).toEqual(answer(12));
  carrying.to(at(10));
  expect(carrying.now?.answer).toEqual(answer(10));
  expect(ask).toHaveBeenCalledTimes(2);
});

it("shows nothing where the host does not answer, and asks again elsewhere", async () => {
  const { ask, waiting } = slowHost();
  const carrying = new Carrying(ask);
  carrying.start(held, at(10));
  waiting[0]!.refuse();
  await settled();
  expect(carrying.now?.answer).toBeNull();
  expect(ask).toHaveBeenCalledTimes(1);
  carrying.to(at(11));
  expect(ask).toHaveBeenCalledTimes(2);
});

it("forgets what it knew when something else is taken up", async () => {
  const { ask, waiting } = slowHost();
  const carrying = new Carrying(ask);
  carrying.start(held, at(10));
  waiting[0]!.give(answer(10));
  await settled();
  expect(carrying.stop()?.target).toEqual(at(10));
  expect(carrying.now).toBeNull();
  carrying.start(held, at(10));
  expect(ask).toHaveBeenCalledTimes(2);
});
