//! Prices and charges as a treasurer meets them in the sample house: a price, a month's list, closing it, who has paid, and what comes
//! of a price that is changed for days gone by.

use crate::harness::Window;
use chrono::{Datelike, Local, NaiveDate};

/// The first day of the month before this one.
pub(crate) fn last_month() -> NaiveDate {
    let today = Local::now().date_naive();
    let this = today.with_day(1).expect("every month has a first day");
    let last = this.pred_opt().expect("there is a day before");
    last.with_day(1).expect("every month has a first day")
}

impl Window {
    async fn open_prices(&self) {
        self.click("tab", "Kalenteri").await;
        self.click("button", "Varattavat tilat").await;
        self.click("menuitem", "Hinnat…").await;
        self.wait_for("Hinnat: Talosauna").await;
        self.wait_for("Muutokset voimassa alkaen").await;
    }
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_charges() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.click("button", "Kokeile mallitaloa").await;
    window.wait_for("tarvitsee uuden vuoron").await;

    // The price list of the sauna.
    window.click("link", "Varaukset").await;
    window.wait_for("Tänään").await;
    window.open_prices().await;
    window.look_from_all_sides("prices").await;
    window.click("button", "Peruuta").await;

    // Last month's list, with reference numbers.
    window.click("tab", "Veloitukset").await;
    window.wait_for("maksajaa").await;
    window.look_from_all_sides("charges").await;
    window.click("button", "Viitteet ja eräpäivä").await;
    window.wait_for("Viitenumeroiden alku").await;
    window.fill("textbox", "~Viitenumeroiden alku", "1234").await;
    window.wait_for("Maksajalla on aina sama viite").await;
    window.screenshot("charges-settings").await;
    window.assert_accessible("settings of charges").await;
    window.click("button", "Tallenna").await;
    window.wait_for("Viitteet ja eräpäivä tallennettiin").await;
    window.wait_for("Viitenumero").await;
    window.click("button", "A 2").await;
    window.wait_for("Avaa huoneiston sivu").await;
    window.look_from_all_sides("charges-open").await;

    // The month is closed with a sentence that says what that means.
    window.click("button", "Sulje kuukausi").await;
    window.wait_for("Lista jää tällaiseksi").await;
    window.screenshot("charges-closing").await;
    window.assert_accessible("closing a month").await;
    window.press_verb("Sulje kuukausi").await;
    window.wait_for("Kuukausi suljettiin").await;
    window.wait_for("Eräpäivä").await;
    window.click("checkbox", "Maksettu: A 2").await;
    window.wait_for("Merkittiin maksetuksi: A 2").await;
    window.look_from_all_sides("charges-closed").await;

    // A price that is changed for days gone by leaves the closed month and comes as a correction in the next.
    window.open_prices().await;
    let fields = window.find_all("textbox", "Hinta (sis. alv)").await;
    let month = &fields[0];
    month.clear().await.expect("the field can be emptied");
    month.send_keys("16,50").await.expect("the field takes keys");
    let last = last_month();
    let from = format!("{}.{}.{}", last.day(), last.month(), last.year());
    window.fill("textbox", "Muutokset voimassa alkaen", &from).await;
    window.wait_for("Päivä on jo mennyt").await;
    window.screenshot("prices-past").await;
    window.click("button", "Tallenna").await;
    window.wait_for("Hinnat tallennettiin").await;
    window.click("tab", "Veloitukset").await;
    window.wait_for("Suljettu").await;
    window.click("button", "Seuraava kuukausi").await;
    window.wait_for("Oikaisu").await;
    window.click("button", "A 2").await;
    window.wait_for("Oikaisu: ").await;
    window.look_from_all_sides("charges-corrected").await;

    // The workbook leaves.
    let path = window.data_directory().with_file_name("veloitukset.xlsx");
    window.answer_save(&path);
    window.click("button", "Vie Exceliin").await;
    window.wait_for("Veloitukset vietiin tiedostoon").await;
    assert!(path.exists(), "the list was written");

    // What the space brings in, and what the flat has to pay.
    window.click("tab", "Käyttö").await;
    window.wait_for("Tuotto").await;
    window.look_from_all_sides("charges-revenue").await;
    window.click("link", "Huoneistot").await;
    window.wait_for("A 2").await;
    window
        .script::<()>(
            "[...document.querySelectorAll('main *')].find((one) => one.children.length === 0 && one.textContent.trim() === 'A 2').click();",
            vec![],
        )
        .await;
    window.wait_for("Tulevat varaukset").await;
    window.wait_for("Veloitukset").await;
    window.look_from_all_sides("charges-flat").await;
}
