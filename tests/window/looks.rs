//! Every page of the sample organisation in the sizes, themes and languages that people have: pictured, and held
//! against axe.

use crate::harness::Window;
use thirtyfour::By;

/// Pages by address, as `(name of the picture, address)`.
const PAGES: &[(&str, &str)] = &[
    ("home", "#/"),
    ("contacts", "#/contacts"),
    ("contact-new", "#/contacts/new"),
    ("groups", "#/groups"),
    ("flats", "#/flats"),
    ("buildings", "#/flats/buildings"),
    ("bookings", "#/bookings"),
    ("bookings-spaces", "#/bookings/spaces"),
    ("bookings-space-new", "#/bookings/spaces/new"),
    ("organisations", "#/organisations"),
    ("import", "#/import"),
    ("history", "#/history"),
    ("attention", "#/attention"),
    ("settings", "#/settings"),
    ("settings-vocabulary", "#/settings?tab=vocabulary"),
    ("settings-fields", "#/settings?tab=fields"),
    ("settings-safety", "#/settings?tab=safety"),
    ("settings-backups", "#/settings?tab=backups"),
    ("settings-appearance", "#/settings?tab=appearance"),
];

const SMALL: (u32, u32) = (1024, 700);
const LARGE: (u32, u32) = (1600, 1000);

impl Window {
    async fn go(&self, address: &str) {
        self.script::<()>("location.hash = arguments[0];", vec![address.into()])
            .await;
        self.wait_until(&format!("the page {address}"), async || {
            self.script("return document.querySelector('main h1') !== null && !document.querySelector('main [aria-busy=true]');", vec![])
                .await
                == Some(true)
        })
        .await;
    }

    /// Chooses on the settings page, as a person does: on the label, which covers the round button.
    pub(crate) async fn choose(&self, choice: &str) {
        self.go("#/settings?tab=appearance").await;
        let radio = self.find("radio", choice).await;
        let label = radio.find(By::XPath("..")).await.expect("a choice has a label");
        label.click().await.expect("the label can be clicked");
    }

    async fn look_at_every_page(&self, look: &str, size: (u32, u32)) {
        self.resize(size.0, size.1).await;
        for (name, address) in PAGES {
            self.go(address).await;
            self.screenshot(&format!("{look}-{}-{name}", size.0)).await;
            self.assert_accessible(&format!("{name}, {look}, {}", size.0))
                .await;
        }
    }
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_every_page_in_every_look() {
    let window = Window::open().await;
    window.resize(SMALL.0, SMALL.1).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.screenshot("welcome-small").await;
    window.click("button", "Kokeile mallitaloa").await;
    window.wait_for("Huomioitavaa").await;

    window.choose("Vaalea").await;
    window.look_at_every_page("fi-light", SMALL).await;
    window.look_at_every_page("fi-light", LARGE).await;
    window.choose("Tumma").await;
    window.look_at_every_page("fi-dark", LARGE).await;
    window.choose("Svenska").await;
    window.wait_for("Inställningar").await;
    window.look_at_every_page("sv-dark", SMALL).await;
    window.choose("English").await;
    window.choose("Light").await;
    window.look_at_every_page("en-light", SMALL).await;

    // Both choices are there the next morning.
    let window = window.reopen().await;
    window.wait_for("Settings").await;
    let theme: Option<String> = window
        .script("return document.documentElement.dataset.theme ?? '';", vec![])
        .await;
    assert_eq!(theme.as_deref(), Some("light"));
}
