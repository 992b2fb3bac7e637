//! Standing shifts as a board keeps them: given from the list and from the board, paused, handed over, swapped, ended with a move.

use crate::harness::Window;
use thirtyfour::By;
use thirtyfour::components::SelectElement;

impl Window {
    /// A sauna by its preset in the sample house, and the page of standing shifts.
    async fn with_sauna(&self) {
        self.wait_for("Tervetuloa Kiuluun").await;
        self.open_sample_without_spaces().await;
        self.click("link", "Varaukset").await;
        self.set_up("Talosauna").await;
        self.click("tab", "Vakiovuorot").await;
        self.wait_for("Täällä ovat talon vakiovuorot").await;
    }

    /// Gives a flat the turn that the dialog offers first, or that stands in it already.
    async fn give_to(&self, flat: &str) {
        self.pick("Huoneisto", flat).await;
        self.click("button", "Anna vuoro").await;
        self.wait_for(&format!("Vakiovuoro annettiin: {flat}")).await;
    }

    /// Shows the shifts another way: on the label, which covers the round button.
    async fn show_as(&self, view: &str) {
        let radio = self.find("radio", view).await;
        let label = radio.find(By::XPath("..")).await.expect("a choice has a label");
        label.click().await.expect("the label can be clicked");
    }

    /// Chooses from a list that the system shows.
    async fn select(&self, list: &str, entry: &str) {
        let element = self.find("combobox", list).await;
        let list = SelectElement::new(&element).await.expect("it is a list");
        list.select_by_exact_text(entry).await.expect("the list has it");
    }
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_standing_shifts() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.with_sauna().await;
    window.screenshot("standing-empty").await;
    window.assert_accessible("no standing shifts").await;

    window.press_first("Anna vakiovuoro").await;
    window.wait_for("Toistuu").await;
    window.assert_accessible("giving a shift").await;
    window.screenshot("standing-give").await;
    window.give_to("A 2").await;

    // From the board, where a free turn is one click away.
    window.show_as("Vuorotaulu").await;
    window.wait_for("Talosauna").await;
    window.click("button", "Vapaa, torstai 18.00–19.00").await;
    window.wait_for("Toistuu").await;
    window.give_to("A 3").await;
    window.click("button", "Vapaa, perjantai 17.00–18.00").await;
    window.give_to("A 4").await;
    window.screenshot("standing-board").await;
    window.assert_accessible("the board").await;

    // A flat that has its shift may not have a second one, and is told so at the form.
    window.click("button", "Vapaa, lauantai 17.00–18.00").await;
    window.pick("Huoneisto", "A 4").await;
    window.click("button", "Anna vuoro").await;
    window.wait_for("Huoneistolla on jo vakiovuoroja 1").await;
    window.screenshot("standing-refused").await;
    window.click("button", "Peruuta").await;

    // A pause, and back.
    window.show_as("Luettelo").await;
    window.click("row", "~A 3").await;
    window.wait_for("Seuraavat kerrat").await;
    window.screenshot("standing-pane").await;
    window.assert_accessible("a shift").await;
    window.click("button", "Pidä taukoa").await;
    window.wait_for("Tauko alkaa").await;
    window.assert_accessible("a pause").await;
    window.press_verb("Pidä taukoa").await;
    window.wait_for("Vakiovuoro tauolla").await;
    window.click("button", "~Peru tauko").await;
    window.wait_for("Tauko peruttiin: A 3").await;

    // One day is given up and taken back.
    window.press_first("~Vapauta tämä kerta").await;
    window.wait_for("Vuoro vapautettiin").await;
    window.click("button", "~Palauta").await;
    window.wait_for("Vuoro palautettiin").await;

    // Two flats change theirs, and it is undone as one.
    window.click("button", "Vaihda toisen kanssa").await;
    window.pick("Vakiovuoro, jonka kanssa vaihdetaan", "A 4").await;
    window.screenshot("standing-swap").await;
    window.assert_accessible("a swap").await;
    window.press_verb("Vaihda toisen kanssa").await;
    window.wait_for("Vakiovuorot vaihtuvat").await;
    window.click("button", "Kumoa").await;
    window.wait_for("Kumottu").await;

    // Another flat gets it.
    window.click("button", "Siirrä toiselle huoneistolle").await;
    window.pick("Huoneisto, joka saa vuoron", "A 5").await;
    window.press_verb("Siirrä toiselle huoneistolle").await;
    window.wait_for("A 3 → A 5").await;
    for (look, size) in [("small", (1024, 700)), ("large", (1600, 1000))] {
        window.resize(size.0, size.1).await;
        window.screenshot(&format!("standing-list-{look}")).await;
        window.assert_accessible(&format!("the list, {look}")).await;
    }

    // Whoever lives in A 2 moves: the shift is asked about, left, and found in needs-attention.
    window.resize(1280, 800).await;
    window.click("link", "Huoneistot").await;
    window.click("button", "Toiminnot: A 2").await;
    window.click("menuitem", "Näytä kontaktit").await;
    window.click("checkbox", "Valitse kaikki rivit").await;
    window.click("button", "Lisää").await;
    window.click("menuitem", "Asukas").await;
    window.wait_for("Rooli päättyy").await;
    window.fill("textbox", "Rooli päättyy", "31.12.2026").await;
    window.click("button", "Päätä rooli").await;
    window.wait_for("A 2 jää ilman asukasta 31.12.2026").await;
    window.screenshot("standing-move-out").await;
    window.assert_accessible("the question of a move").await;
    window.click("button", "Jätä voimaan").await;
    window.click("link", "~Huomioitavaa").await;
    window.wait_for("Vakiovuoro ilman asukasta: A 2").await;
    window.screenshot("standing-attention").await;
    window.assert_accessible("a shift without a resident").await;
    window.click("button", "~Lopeta vakiovuoro").await;
    window.wait_for("Vakiovuoro päättyy: A 2").await;
    window.wait_gone("Vakiovuoro ilman asukasta").await;

    window.click("link", "Historia").await;
    window.wait_for("lopetti vakiovuorot 31.12.2026: A 2").await;
    window.wait_for("vaihtoi vakiovuorot").await;
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_a_shift_list() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.with_sauna().await;
    let list = window.data_directory().join("saunavuorot.csv");
    let rows = "Saunavuorot 2026;;;\nKlo;Keskiviikko;Torstai;Perjantai\n18-19;A 2;as. A3;vapaa\n19-20;A 4;siivous;Z 99\n20-21;;A 5;Lenkkisauna\n";
    std::fs::write(&list, rows).unwrap();
    window.answer_open(&list);
    window.press_first("Tuo Excelistä").await;
    window.wait_for("Pudota tiedosto tähän").await;
    window.assert_accessible("choosing a list").await;
    window.click("button", "Valitse tiedosto").await;
    window.wait_for("Tarkistettavat").await;
    window.wait_for("Huoneistoa Z 99 ei ole").await;
    window.screenshot("shift-list").await;
    window.assert_accessible("a list as it was understood").await;
    // The cell without a flat is put right, the other one left out.
    window.pick("Huoneisto: C4", "A 6").await;
    window.wait_for("Annetaan: A 6").await;
    window.click("button", "Jätä pois: D4").await;
    window.wait_for("Jätetään pois").await;
    window.resize(1024, 700).await;
    window.screenshot("shift-list-corrected").await;
    window.assert_accessible("a corrected list").await;
    window.click("button", "Tuo 5 vakiovuoroa").await;
    window.wait_for("5 vakiovuoroa tuotiin.").await;
    window.wait_for("A 6").await;
    window.screenshot("shift-list-done").await;
    window.click("button", "Kumoa").await;
    window.wait_for("Täällä ovat talon vakiovuorot").await;
    // A file without turns gets a sentence.
    std::fs::write(&list, "Nimi;Puhelin\nVirtanen;040 123 4567\n").unwrap();
    window.answer_open(&list);
    window.press_first("Tuo Excelistä").await;
    window.click("button", "Valitse tiedosto").await;
    window.wait_for("Tiedostosta ei löytynyt vuoroja.").await;
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_a_draw() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.with_sauna().await;
    window.press_first("Arvo").await;
    window.wait_for("Vakiovuorojen arvonta").await;
    window.assert_accessible("before a draw").await;
    for flat in ["A 2", "A 3", "A 4"] {
        window.click("button", "Lisää hakemus").await;
        window.pick("Huoneisto", flat).await;
        window.select("1. toive", "torstai 18.00–19.00").await;
        window.select("2. toive", "perjantai 18.00–19.00").await;
        if flat == "A 2" {
            window.screenshot("draw-application").await;
            window.assert_accessible("an application").await;
        }
        window.click("button", "Tallenna").await;
        window.wait_for(&format!("Hakemus kirjattiin: {flat}")).await;
    }
    window.wait_for("Hakijoita 3").await;
    window.fill("textbox", "Siemenluku", "2027").await;
    window.press_verb("Arvo").await;
    window.wait_for("jäi ilman").await;
    window.screenshot("draw-result").await;
    window.assert_accessible("a draw").await;
    window.resize(1024, 700).await;
    window.screenshot("draw-result-small").await;
    window.click("button", "Vahvista").await;
    window.wait_for("2 vakiovuoroa annettiin arvonnalla.").await;
    window.screenshot("draw-done").await;
    window.click("link", "Historia").await;
    window.wait_for("arpoi 2 vakiovuoroa, siemenluku 2027").await;
}
