// The only door to the desktop: nothing outside this folder imports @tauri-apps. In a plain browser (the gallery,
// tests) every function answers as a closed door would: no file chosen, no event heard.
import { invoke as tauriInvoke } from "@tauri-apps/api/core";
import { listen as tauriListen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { getCurrentWindow, type Theme } from "@tauri-apps/api/window";
import { open, save } from "@tauri-apps/plugin-dialog";
import { openPath, openUrl, revealItemInDir } from "@tauri-apps/plugin-opener";

export type Stop = () => void;

/** True in the real window, false in a plain browser. */
export const inWindow = typeof window !== "undefined" && "__TAURI_INTERNALS__" in window;

/** Calls a command by name. Features use the typed bindings through api/ instead. */
export function invoke<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  return tauriInvoke<T>(command, args);
}

/** Hears an event of the host until the returned function is called. */
export function listen<T>(event: string, heard: (payload: T) => void): Stop {
  return stopWhenReady(inWindow ? tauriListen<T>(event, (e) => heard(e.payload)) : null);
}

export type FileKind = { name: string; extensions: string[] };

/** Lets the user choose one file to read; null when they change their mind. */
export async function chooseFile(title: string, kinds: FileKind[] = []): Promise<string | null> {
  return inWindow ? open({ title, filters: kinds, multiple: false, directory: false }) : null;
}

/** Lets the user choose a folder; null when they change their mind. */
export async function chooseFolder(title: string): Promise<string | null> {
  return inWindow ? open({ title, multiple: false, directory: true }) : null;
}

/** Lets the user name a file to write; null when they change their mind. */
export async function chooseSave(title: string, suggested: string, kinds: FileKind[] = []): Promise<string | null> {
  return inWindow ? save({ title, defaultPath: suggested, filters: kinds }) : null;
}

/** Opens a file with the program the system has for it. */
export async function openFile(path: string): Promise<void> {
  if (inWindow) await openPath(path);
}

/** Shows a file in the system's file manager. */
export async function showInFolder(path: string): Promise<void> {
  if (inWindow) await revealItemInDir(path);
}

/** Opens a web or mail address outside Kiulu. */
export async function openOutside(url: string): Promise<void> {
  if (inWindow) await openUrl(url);
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
