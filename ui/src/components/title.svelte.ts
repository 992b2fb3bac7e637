const held = $state({ place: "" });

/** What the window's title says after the page's: the organisation in view, where there is one. */
export const windowTitle = {
  set place(name: string) {
    held.place = name;
  },
  of(page: string): string {
    return [page, held.place, "Kiulu"].filter(Boolean).join(" – ");
  },
};
