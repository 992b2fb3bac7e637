import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { startFinder } from "./finder.js";
import { session, startSession } from "./session.svelte.js";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app element");
// What nobody caught is said above the page: silence would leave the user to guess whether it was done.
window.addEventListener("unhandledrejection", (event) => session.say(event.reason));
window.addEventListener("error", (event) => {
  if (event.error) session.say(event.error);
});
mount(App, { target });
startFinder();
void startSession();
