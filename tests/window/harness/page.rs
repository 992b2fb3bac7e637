//! What a person sees and does: things found by role and name, clicked, typed into, waited for.
//!
//! Roles and names are computed by axe-core in the page, by the rules that screen readers follow: what a test
//! cannot find, a screen reader cannot name. (WebKitWebDriver's own commands for it end its process.)

use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::{GLANCE, PATIENCE, Window};

/// Defines `kiuluFind(role, name)` in the page: the visible elements with that role whose accessible name is the
/// given one, or contains it after a leading `~`.
const FIND: &str = r#"
window.kiuluFind = (role, name) => {
  axe.teardown();
  axe.setup(document.documentElement);
  try {
    const wanted = name.startsWith("~") ? name.slice(1) : null;
    const fits = text => wanted === null ? text === name : text.includes(wanted);
    return [...document.querySelectorAll("body *")].filter(element =>
      axe.commons.aria.getRole(element) === role
      && element.checkVisibility({ visibilityProperty: true, opacityProperty: false })
      && fits(axe.commons.text.accessibleText(element).trim().replace(/\s+/g, " ")));
  } finally {
    axe.teardown();
  }
};
"#;

/// axe's findings as lines, over the rules of WCAG 2.2 A and AA and axe's own best practices.
const AXE: &str = r#"
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(
  result => done(result.violations.flatMap(violation => violation.nodes.map(node =>
    `${violation.id} (${violation.impact}): ${violation.help}\n    ${node.target.join(" ")}\n    ${node.failureSummary}`))),
  error => done([String(error)]));
"#;

impl Window {
    /// Waits for the title of the page.
    pub(crate) async fn wait_for_title(&self, title: &str) {
        self.wait_until(&format!("the title {title:?}"), async || {
            self.session.title().await.is_ok_and(|found| found == title)
        })
        .await;
    }

    /// Waits until the window shows this text anywhere.
    pub(crate) async fn wait_for(&self, text: &str) {
        self.wait_until(&format!("the text {text:?}"), async || {
            self.visible_text().await.contains(text)
        })
        .await;
    }

    /// Waits until the window no longer shows this text.
    pub(crate) async fn wait_gone(&self, text: &str) {
        self.wait_until(&format!("no text {text:?}"), async || {
            !self.visible_text().await.contains(text)
        })
        .await;
    }

    /// The one thing with this role and accessible name, waited for; `~` before the name asks for a part of it.
    pub(crate) async fn find(&self, role: &str, name: &str) -> WebElement {
        let started = Instant::now();
        loop {
            let mut found = self.find_all(role, name).await;
            if found.len() == 1 {
                return found.remove(0);
            }
            if started.elapsed() > PATIENCE {
                let count = found.len();
                self.fail(&format!("expected one {role} named {name:?}, found {count}"))
                    .await;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Everything with this role and accessible name at this moment.
    pub(crate) async fn find_all(&self, role: &str, name: &str) -> Vec<WebElement> {
        self.need_axe().await;
        let found = self.session.execute(
            "return kiuluFind(arguments[0], arguments[1]);",
            vec![json!(role), json!(name)],
        );
        // The page may be between two states; the next glance sees the later one.
        found
            .await
            .and_then(|answer| answer.elements())
            .unwrap_or_default()
    }

    /// Clicks the one thing with this role and name.
    pub(crate) async fn click(&self, role: &str, name: &str) {
        self.press_found(role, name, async || self.find(role, name).await)
            .await;
    }

    /// Clicks what is found, and finds it again while it cannot be clicked: what covers it (a closing dialog, a toast) may be on
    /// its way out.
    async fn press_found(&self, role: &str, name: &str, find: impl AsyncFn() -> WebElement) {
        let started = Instant::now();
        loop {
            match find().await.click().await {
                Ok(()) => return,
                Err(error) if started.elapsed() > PATIENCE => {
                    self.fail(&format!("the {role} {name:?} cannot be clicked: {error}"))
                        .await;
                }
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        }
    }

    /// Clicks what shows just this text, where a row's middle is a link to somewhere else.
    pub(crate) async fn click_text(&self, text: &str) {
        let script = "const found = [...document.querySelectorAll('main *')].find((one) =>
            one.children.length === 0 && one.textContent.trim() === arguments[0]);
            found?.click(); return Boolean(found);";
        self.wait_until(&format!("something that shows {text:?}"), async || {
            self.script(script, vec![text.into()]).await == Some(true)
        })
        .await;
    }

    /// Replaces what stands in the one field with this role and name.
    pub(crate) async fn fill(&self, role: &str, name: &str, text: &str) {
        let field = self.find(role, name).await;
        field.clear().await.expect("the field can be emptied");
        field.send_keys(text).await.expect("the field takes keys");
    }

    /// The first of several things with this role and name, waited for.
    pub(crate) async fn first(&self, role: &str, name: &str) -> WebElement {
        let started = Instant::now();
        loop {
            let found = self.find_all(role, name).await;
            if let Some(first) = found.into_iter().next() {
                return first;
            }
            if started.elapsed() > PATIENCE {
                self.fail(&format!("expected a {role} named {name:?}")).await;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Presses the first of several buttons of a name.
    pub(crate) async fn press_first(&self, name: &str) {
        self.press_found("button", name, async || self.first("button", name).await)
            .await;
    }

    /// Presses the button of a dialog that is named as the one that opened it, which stands before it.
    pub(crate) async fn press_verb(&self, name: &str) {
        let last = async || {
            self.first("button", name).await;
            self.find_all("button", name).await.pop().expect("it was there")
        };
        self.press_found("button", name, last).await;
    }

    /// Pictures and axe in both sizes and themes; the light one stays.
    pub(crate) async fn look_from_all_sides(&self, name: &str) {
        for theme in ["light", "dark"] {
            self.script::<()>(
                "document.documentElement.dataset.theme = arguments[0];",
                vec![theme.into()],
            )
            .await;
            for (width, height) in [(1024, 700), (1600, 1000)] {
                self.resize(width, height).await;
                self.screenshot(&format!("{name}-{theme}-{width}")).await;
                self.assert_accessible(&format!("{name}, {theme}, {width}")).await;
            }
        }
        self.script::<()>("document.documentElement.dataset.theme = 'light';", vec![])
            .await;
    }

    /// Picks the first entry that a list, searched by typing, finds.
    pub(crate) async fn pick(&self, list: &str, entry: &str) {
        self.fill("combobox", list, entry).await;
        let option = format!("~{entry}");
        self.press_found("option", &option, async || self.first("option", &option).await)
            .await;
    }

    /// Presses a key while a modifier is held.
    pub(crate) async fn chord(&self, modifier: thirtyfour::Key, key: &str) {
        self.session
            .action_chain()
            .key_down(modifier.clone())
            .send_keys(key)
            .key_up(modifier)
            .perform()
            .await
            .expect("the window takes keys");
    }

    /// Types into whatever has the focus.
    pub(crate) async fn press(&self, keys: impl Into<thirtyfour::TypingData>) {
        self.session
            .action_chain()
            .send_keys(keys)
            .perform()
            .await
            .expect("the window takes keys");
    }

    /// Drags a button of the first name onto one of the other; again where the page has drawn them anew meanwhile.
    pub(crate) async fn drag(&self, from: &str, to: &str) {
        let started = Instant::now();
        loop {
            let (from, to) = (self.first("button", from).await, self.first("button", to).await);
            let drag = self
                .session
                .action_chain()
                .move_to_element_center(&from)
                .click_and_hold()
                .move_by_offset(4, 6)
                .move_to_element_center(&to)
                .move_by_offset(1, 1)
                .release();
            match drag.perform().await {
                Ok(()) => return,
                Err(error) if started.elapsed() > PATIENCE => {
                    self.fail(&format!("it cannot be dragged: {error}")).await;
                }
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        }
    }

    /// Opens the sample house, and takes its shared spaces away for a walk that sets up its own.
    pub(crate) async fn open_sample_without_spaces(&self) {
        self.click("button", "Kokeile mallitaloa").await;
        self.wait_for("tarvitsee uuden vuoron").await;
        for _ in ["Vierashuone", "Pesutupa", "Talosauna"] {
            self.chord(thirtyfour::Key::Control, "z").await;
            self.wait_for("Kumottu:").await;
            // While it is told, the same keys would bring it back.
            self.click("button", "Sulje ilmoitus").await;
            self.wait_gone("Kumottu:").await;
        }
        self.wait_gone("tarvitsee uuden vuoron").await;
    }

    /// Everything that the window shows as text, without the places where words may break.
    pub(crate) async fn visible_text(&self) -> String {
        self.script(
            "return document.body ? document.body.innerText.replaceAll('\\u00ad', '') : '';",
            vec![],
        )
        .await
        .unwrap_or_default()
    }

    /// Gives the window a size in pixels and waits until the page has it.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.session
            .set_window_rect(0, 0, width, height)
            .await
            .expect("the window can be resized");
        self.wait_until(&format!("a page of {width}×{height}"), async || {
            self.script::<(u32, u32)>("return [innerWidth, innerHeight];", vec![])
                .await
                == Some((width, height))
        })
        .await;
    }

    /// Asserts that axe finds nothing on what the window shows now.
    pub(crate) async fn assert_accessible(&self, page: &str) {
        // What is still fading in has not its own colours yet.
        self.settle().await;
        self.need_axe().await;
        let answer = self
            .session
            .execute_async(AXE, vec![])
            .await
            .expect("axe runs in the page");
        let found: Vec<String> = answer.convert().expect("axe answers with lines");
        if !found.is_empty() {
            self.fail(&format!("axe on {page}:\n{}", found.join("\n"))).await;
        }
    }

    /// Runs a script in the page and reads its answer; `None` when either fails.
    pub(crate) async fn script<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> Option<T> {
        self.session.execute(script, arguments).await.ok()?.convert().ok()
    }

    /// Waits until what the page last changed has been painted: a picture shows the last painted frame.
    pub(super) async fn settle(&self) {
        let frames = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250)));";
        // A page that draws no frames is pictured as it is.
        self.session.execute_async(frames, vec![]).await.ok();
    }

    /// Waits until the condition holds.
    pub(crate) async fn wait_until(&self, expected: &str, mut holds: impl AsyncFnMut() -> bool) {
        let started = Instant::now();
        while !holds().await {
            if started.elapsed() > PATIENCE {
                self.fail(&format!("expected {expected} within {PATIENCE:?}"))
                    .await;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Puts axe into the page unless it is there. WebDriver's scripts are not subject to the page's policy.
    async fn need_axe(&self) {
        let there = self
            .script("return typeof window.kiuluFind === 'function';", vec![])
            .await;
        if there != Some(true) {
            self.session
                .execute(format!("{}\n{FIND}", axe()), vec![])
                .await
                .expect("axe can be put into the page");
        }
    }
}

/// axe-core as npm installed it for the page's own tests.
fn axe() -> &'static str {
    static AXE_CORE: OnceLock<String> = OnceLock::new();
    AXE_CORE.get_or_init(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    })
}
