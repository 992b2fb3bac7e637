//! The main job as a person does it: found an organisation, bring in a messy Excel file, find a person, correct them,
//! undo it all and take the undo back, and a bad file on the road.

use crate::harness::Window;
use std::path::{Path, PathBuf};

/// The list that ships with the program.
pub(crate) fn residents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/asukasluettelo.xlsx")
}

/// From the first page to an open, empty housing company.
pub(crate) async fn found(window: &Window) {
    window.wait_for("Tervetuloa Kiuluun").await;
    window.click("button", "Lisää oma taloyhtiö tai yhdistys").await;
    window
        .fill("textbox", "Virallinen nimi", "As Oy Koivurinne")
        .await;
    window.fill("textbox", "Nimesi", "Marjatta Lehto").await;
    window
        .fill("textbox", "Sähköpostisi", "marjatta.lehto@posti.example")
        .await;
    window.click("button", "Jatka").await;
    window.wait_for("Miten tiedot avataan tällä koneella?").await;
    window.assert_accessible("lock").await;
    window.click("button", "Luo rekisteri").await;
    window.wait_for("Tulosta palautuslomake").await;
    window.screenshot("recovery-sheet").await;
    window.assert_accessible("recovery sheet").await;
    window
        .click("checkbox", "Olen tulostanut koodin tai kirjoittanut sen muistiin")
        .await;
    window.click("button", "Siirry rekisteriin").await;
    window.wait_for("Huomioitavaa").await;
}

/// The wizard from the empty register, by its own offer and not the one in the head of the page.
pub(crate) async fn open_wizard(window: &Window) {
    window
        .find_all("link", "Tuo Excelistä")
        .await
        .pop()
        .unwrap()
        .click()
        .await
        .unwrap();
}

/// The wizard up to its check, for the residents' list.
async fn to_check(window: &Window) {
    window.answer_open(&residents());
    window.click("button", "Valitse tiedosto").await;
    window.wait_for("Mitä sarakkeissa on?").await;
    window.screenshot("import-columns").await;
    window.assert_accessible("columns").await;
    window.click("checkbox", "Asukas").await;
    window.click("button", "Jatka tarkistukseen").await;
    window.wait_for("Uusia").await;
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_the_main_job() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.screenshot("welcome").await;
    window.assert_accessible("welcome").await;
    found(&window).await;

    window.click("link", "Kontaktit").await;
    window.wait_for("Rekisteri alkaa tästä").await;
    window.screenshot("empty-register").await;
    window.assert_accessible("empty register").await;
    open_wizard(&window).await;
    window.wait_for("Pudota tiedosto tähän").await;
    window.assert_accessible("file").await;

    // A file that is no list gets a sentence, and the wizard stays where it is.
    let broken = window.data_directory().join("rikki.xlsx");
    std::fs::write(&broken, b"PK\x03\x04 cut short").unwrap();
    window.answer_open(&broken);
    window.click("button", "Valitse tiedosto").await;
    window.wait_for("Mitään ei muutettu.").await;
    window.screenshot("import-bad-file").await;

    to_check(&window).await;
    window.screenshot("import-check").await;
    window.assert_accessible("check").await;
    window.click("button", "~Tuo ").await;
    window.wait_for("Tuonti on valmis").await;
    window.screenshot("import-done").await;
    window.assert_accessible("done").await;
    window.click("link", "Siirry kontakteihin").await;
    window.wait_for("Aaltonen").await;
    window.screenshot("register").await;
    window.assert_accessible("register").await;

    // Found without the dots, as typed on a foreign keyboard.
    window.fill("searchbox", "Hae luettelosta", "hakan").await;
    window.wait_gone("Ahonen").await;
    window.wait_for("Aaltonen Håkan").await;
    window.click("row", "~Aaltonen Håkan").await;
    window.wait_for("Rekisterissä olon peruste").await;
    window.screenshot("contact").await;
    window.assert_accessible("contact").await;

    window.click("link", "Muokkaa").await;
    window
        .fill("textbox", "Sähköposti", "hakan.aaltonen@posti.example")
        .await;
    window.assert_accessible("form").await;
    window.screenshot("contact-form").await;
    window.click("button", "Tallenna").await;
    window.wait_for("hakan.aaltonen@posti.example").await;

    window.click("link", "Historia").await;
    window.wait_for("toi tiedoston asukasluettelo.xlsx").await;
    window.screenshot("history").await;
    window.assert_accessible("history").await;

    // The import goes, and with it the person who was corrected since: but only after a question.
    window.click("button", "~Kumoa: toi tiedoston").await;
    window.wait_for("Tietoja on muokattu myöhemmin").await;
    window.wait_for("Håkan Aaltonen").await;
    window.screenshot("undo-question").await;
    window.assert_accessible("undo question").await;
    window.click("button", "Kumoa kaikki").await;
    window.wait_for("Kumottu: toi tiedoston").await;
    window.click("link", "Kontaktit").await;
    window.wait_for("Rekisteri alkaa tästä").await;

    // And what was undone comes back the same way.
    window.click("link", "Historia").await;
    window.click("button", "~Kumoa: kumosi").await;
    window.wait_gone("Rekisteri alkaa tästä").await;
    window.click("link", "Kontaktit").await;
    window.wait_for("hakan.aaltonen@posti.example").await;
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_an_import_broken_off() {
    let window = Window::open().await;
    window.resize(1024, 700).await;
    found(&window).await;
    window.click("link", "Kontaktit").await;
    window.wait_for("Rekisteri alkaa tästä").await;
    open_wizard(&window).await;
    to_check(&window).await;
    window.click("button", "Keskeytä").await;
    window.wait_gone("Tuo 70").await;
    window.click("link", "Kontaktit").await;
    window.wait_for("Rekisteri alkaa tästä").await;
    window.click("link", "Historia").await;
    window.wait_for("loi rekisterin As Oy Koivurinne").await;
    window.wait_gone("asukasluettelo.xlsx").await;
}
