import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { startFinder } from "./finder.js";
import { atAddress } from "./pages/index.js";
import { route } from "./router.svelte.js";
import { session, startSession } from "./session.svelte.js";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app element");
// What nobody caught is said above the page: silence would leave the user to guess whether it was done.
window.addEventListener("unhandledrejection", (event) => session.say(event.reason));
window.addEventListener("error", (event) => {
  if (event.error) session.say(event.error);
});
// The page comes while the session is still being read.
void atAddress(route.path)?.page.load();
mount(App, { target });
startFinder();
void startSession();
