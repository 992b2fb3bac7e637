// jsdom lays nothing out and lacks these; components only need them to exist.
if (typeof Element !== "undefined") {
  Element.prototype.scrollIntoView ??= () => {};
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
}
