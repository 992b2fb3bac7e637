import { m } from "../i18n/index.js";

type Control = HTMLInputElement | HTMLTextAreaElement;

/**
 * What the browser finds wrong with a control, in the window's own words and in its place: the browser's bubble speaks the
 * language of the system. Spread `watch` onto the control.
 */
export class Validity {
  error = $state<string | null>(null);
  readonly watch = {
    oninvalid: (event: Event & { currentTarget: Control }): void => {
      event.preventDefault();
      const control = event.currentTarget;
      const { customError, valueMissing, typeMismatch } = control.validity;
      this.error = customError ? control.validationMessage : valueMissing ? m.field_missing() : typeMismatch && control.type === "email" ? m.reason_email_malformed() : m.field_invalid();
      // Without the bubble nobody takes the user to the first field that is wrong.
      const first = [...(control.form?.elements ?? [])].find((other) => (other as Control).validity?.valid === false);
      if (first === control) control.focus();
    },
    oninput: (): void => {
      this.error = null;
    },
  };
}
