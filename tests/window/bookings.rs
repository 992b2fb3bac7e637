//! A shared space as a board sets it up: a sauna with its usual rules, a turn for a flat, a refusal in words, and undo.

use crate::harness::Window;

impl Window {
    /// Presses the first of several buttons of a name.
    async fn press_first(&self, name: &str) {
        let found = self.find_all("button", name).await;
        found[0].click().await.expect("it can be clicked");
    }

    /// Picks an entry of a list that is searched by typing.
    async fn choose_from(&self, list: &str, entry: &str) {
        self.fill("combobox", list, entry).await;
        self.click("option", &format!("~{entry}")).await;
    }
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_a_booking() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.click("button", "Kokeile mallitaloa").await;
    window.wait_for("Huomioitavaa").await;

    window.click("link", "Varaukset").await;
    window
        .wait_for("Täällä on talon yhteisten tilojen kalenteri")
        .await;
    window.screenshot("bookings-empty").await;
    window.click("button", "Lisää tila").await;
    window.wait_for("Vuoron pituus").await;
    window.screenshot("bookings-space").await;
    window.assert_accessible("a space").await;
    window.fill("textbox", "Nimi", "Talosauna").await;
    window.click("button", "Tallenna").await;
    window.wait_for("Talosauna tallennettiin").await;

    // Next week, so that every turn is still to come.
    window.click("button", "Seuraava viikko").await;
    window.wait_for("Vapaa").await;
    window.assert_accessible("an empty week").await;
    window.press_first("~Vapaa, ke").await;
    window.wait_for("Milloin").await;
    window.choose_from("Huoneisto", "A 2").await;
    window.wait_for("Kyllä").await;
    window.screenshot("bookings-ask").await;
    window.assert_accessible("the question").await;
    window.click("button", "~Varaa: A 2").await;
    window.wait_for("Varattu: A 2").await;
    window.screenshot("bookings-booked").await;

    // The same flat may not have a second one open, and is told so.
    window.press_first("~Vapaa, to").await;
    window.choose_from("Huoneisto", "A 2").await;
    window.wait_for("Kiintiö on käytetty").await;
    window.screenshot("bookings-refused").await;
    window.assert_accessible("the refusal").await;
    // Another flat has the same turn every week from then on.
    window.choose_from("Huoneisto", "A 3").await;
    window.wait_for("Kyllä").await;
    window.click("button", "Anna vakiovuoroksi").await;
    window.wait_for("Vakiovuoro annettiin").await;
    window.wait_for("A 3").await;

    for (look, size) in [("small", (1024, 700)), ("large", (1600, 1000))] {
        window.resize(size.0, size.1).await;
        window.screenshot(&format!("bookings-{look}")).await;
        window.assert_accessible(&format!("a week, {look}")).await;
    }

    window.click("button", "~A 2, Varaus").await;
    window.click("button", "Peru varaus").await;
    window.wait_for("Varaus peruttiin").await;
    window.click("button", "Kumoa").await;
    window.click("button", "~A 2, Varaus").await;
    window.wait_for("Peru varaus").await;

    // The day is taken out of use: the booking is struck through, and needs attention until it is moved.
    window.click("button", "Varattavat tilat").await;
    window.click("menuitem", "Poista käytöstä").await;
    window
        .fill("textbox", "Syy, jonka kaikki näkevät", "Kiuas vaihdetaan")
        .await;
    window.assert_accessible("out of use").await;
    window.screenshot("bookings-out-of-use").await;
    window.click("button", "Poista käytöstä").await;
    window.wait_for("Talosauna on pois käytöstä").await;
    window.wait_for("Kiuas vaihdetaan").await;
    window.screenshot("bookings-displaced").await;
    window.click("link", "~Huomioitavaa").await;
    window.wait_for("Talosauna: A 2 tarvitsee uuden vuoron").await;
    window.assert_accessible("a displaced booking").await;
    window.screenshot("bookings-attention").await;
    window.click("link", "~Katso: Talosauna").await;
    window.press_first("~A 2, Syrjäytynyt").await;
    window.click("button", "Siirrä").await;
    window.wait_for("Valitse kalenterista uusi vuoro.").await;
    window.press_first("~Vapaa, pe").await;
    window.wait_for("Varaus siirrettiin").await;
    window.screenshot("bookings-moved").await;

    // The spaces with their usual hours in words, and from there back to the calendar.
    window.click("tab", "Tilat").await;
    window.wait_for("ke–la 16.00–22.00").await;
    window.assert_accessible("the spaces").await;
    window.screenshot("bookings-spaces").await;
    window.click("link", "Talosauna").await;
    window.wait_for("Vapaa").await;

    window.click("link", "Historia").await;
    window.wait_for("varasi: Talosauna, A 2").await;
}
