// The only door to the desktop: nothing outside this folder imports @tauri-apps. In a plain browser (the gallery,
// tests) every function answers as a closed door would: no file chosen, no event heard.
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { getCurrentWindow, type Theme } from "@tauri-apps/api/window";
import { commands, events, type FileChoice } from "./bindings.js";

export { Channel } from "@tauri-apps/api/core";

export type Stop = () => void;

/** True in the real window, false in a plain browser. */
export const inWindow = typeof window !== "undefined" && "__TAURI_INTERNALS__" in window;

/** Hears when another program has changed an organisation's data, until the returned function is called. */
export function listenDataChanged(heard: (organisation: string) => void): Stop {
  return stopWhenReady(inWindow ? events.dataChanged.listen((event) => heard(event.payload.organisation)) : null);
}

/** Hears when a backup has been made or could not be, until the returned function is called. */
export function listenBackupsChanged(heard: (organisation: string) => void): Stop {
  return stopWhenReady(inWindow ? events.backupsChanged.listen((event) => heard(event.payload.organisation)) : null);
}

/** Hears when an organisation's synchronisation began, ended or failed, until the returned function is called. */
export function listenSyncChanged(heard: (organisation: string) => void): Stop {
  return stopWhenReady(inWindow ? events.syncChanged.listen((event) => heard(event.payload.organisation)) : null);
}

/** Lets the user choose one file to read; null when they change their mind. */
export async function chooseFile(choice: FileChoice): Promise<string | null> {
  return inWindow ? commands.chooseFile(choice) : null;
}

/** Lets the user choose a folder; null when they change their mind. */
export async function chooseFolder(): Promise<string | null> {
  return inWindow ? commands.chooseFolder() : null;
}

/** Lets the user name a file to write; null when they change their mind. */
export async function chooseSave(choice: FileChoice, suggested: string): Promise<string | null> {
  return inWindow ? commands.chooseSave(choice, suggested) : null;
}

export type FileDrag = { kind: "over" } | { kind: "leave" } | { kind: "drop"; paths: string[] };

/** Hears files dragged over the window. The drop comes from the window, so it carries real paths. */
export function onFileDrop(heard: (drag: FileDrag) => void): Stop {
  if (!inWindow) return () => {};
  return stopWhenReady(
    getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type === "drop") heard({ kind: "drop", paths: payload.paths });
      else heard({ kind: payload.type === "leave" ? "leave" : "over" });
    }),
  );
}

/** Tells the window frame which theme to wear; null follows the system. */
export async function setWindowTheme(theme: Theme | null): Promise<void> {
  if (inWindow) await getCurrentWindow().setTheme(theme);
}

/** Asks before the window closes: `mayClose` false keeps it open. */
export function onCloseRequested(mayClose: () => boolean | Promise<boolean>): Stop {
  if (!inWindow) return () => {};
  return stopWhenReady(
    getCurrentWindow().onCloseRequested(async (event) => {
      if (!(await mayClose())) event.preventDefault();
    }),
  );
}

/** Closes the window without asking again. */
export async function closeWindow(): Promise<void> {
  if (inWindow) await getCurrentWindow().destroy();
}

function stopWhenReady(starting: Promise<Stop> | null): Stop {
  let stopped = false;
  let stop: Stop = () => {
    stopped = true;
  };
  void starting?.then((unlisten) => {
    if (stopped) unlisten();
    else stop = unlisten;
  });
  return () => stop();
}
