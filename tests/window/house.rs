//! The second main job: a new house sets its sauna up with its prices, brings in its standing shifts from Excel, books, closes a day,
//! prints the list for the door, and sees what a month costs whom.

use crate::charges::last_month;
use crate::harness::Window;
use crate::walk::{found, open_wizard, residents};
use rust_xlsxwriter::Workbook;

/// The board as it hangs on the wall of many houses: weekdays across, turns down.
const BOARD: [[&str; 4]; 4] = [
    ["Klo", "Keskiviikko", "Torstai", "Perjantai"],
    ["17-18", "A 2", "A 3", "A 4"],
    ["18-19", "as. A5", "A 6", "A 7"],
    ["19-20", "A 8", "B 9", "B10"],
];

fn write_board(path: &std::path::Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "Saunavuorot").expect("a cell");
    for (row, cells) in BOARD.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet.write(row as u32 + 2, column as u16, *text).expect("a cell");
        }
    }
    sheet.write(6, 0, "20-21").expect("a cell");
    sheet.write(6, 1, "B 11").expect("a cell");
    book.save(path).expect("the workbook is written");
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_a_new_house() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    found(&window).await;

    // The flats come with the residents.
    window.click("link", "Kontaktit").await;
    window.wait_for("Rekisteri alkaa tästä").await;
    open_wizard(&window).await;
    window.answer_open(&residents());
    window.click("button", "Valitse tiedosto").await;
    window.wait_for("Mitä sarakkeissa on?").await;
    window.click("checkbox", "Asukas").await;
    window.click("button", "Jatka tarkistukseen").await;
    window.click("button", "~Tuo ").await;
    window.wait_for("Tuonti on valmis").await;

    // A sauna with its usual rules; a turn and the month of a standing shift have a price.
    window.click("link", "Varaukset").await;
    window.click("button", "Lisää tila").await;
    window.fill("textbox", "Nimi", "Talosauna").await;
    for _ in 0..4 {
        window.click("button", "Seuraava").await;
    }
    window.wait_for("Tila on maksuton").await;
    for (place, amount) in [(0, "6,00"), (1, "18,50")] {
        window.click("button", "Lisää hinta").await;
        window
            .wait_until("a line for the price", async || {
                window.find_all("textbox", "Hinta (sis. alv)").await.len() == place + 1
            })
            .await;
        let field = window
            .find_all("textbox", "Hinta (sis. alv)")
            .await
            .pop()
            .expect("a field");
        field.clear().await.expect("it can be emptied");
        field.send_keys(amount).await.expect("it takes keys");
    }
    window.wait_for("18,50\u{a0}€ / vakiovuoron kuukausi").await;
    for (look, size) in [
        ("small", (1024, 700)),
        ("large", (1600, 1000)),
        ("usual", (1280, 800)),
    ] {
        window.resize(size.0, size.1).await;
        window.screenshot(&format!("assistant-prices-{look}")).await;
    }
    window.assert_accessible("prices of a new space").await;
    window.click("button", "Seuraava").await;
    window.wait_for("Ensi viikko").await;
    window.click("button", "Ota käyttöön").await;
    window.wait_for("Talosauna tallennettiin").await;

    // Ten standing shifts as the house has kept them, since last month.
    let board = window.data_directory().join("saunavuorot.xlsx");
    write_board(&board);
    window.click("tab", "Vakiovuorot").await;
    window.wait_for("Täällä ovat talon vakiovuorot").await;
    window.answer_open(&board);
    window.press_first("Tuo Excelistä").await;
    window.click("button", "Valitse tiedosto").await;
    window.wait_for("as. A5").await;
    let since = last_month().format("%-d.%-m.%Y").to_string();
    window.fill("textbox", "Alkaen", &since).await;
    window.click("button", "Tuo 10 vakiovuoroa").await;
    window.wait_for("10 vakiovuoroa tuotiin.").await;

    // A single turn next week, then a day of it out of use.
    window.click("tab", "Kalenteri").await;
    window.click("button", "Seuraava viikko").await;
    window.wait_for("Vapaa").await;
    window.press_first("~Vapaa, la").await;
    window.wait_for("Milloin").await;
    window.pick("Huoneisto tai henkilö", "A 1").await;
    window.wait_for("6,00\u{a0}€").await;
    window.click("button", "~Varaa: A 1").await;
    window.wait_for("Varattu: A 1").await;
    window.click("button", "Varattavat tilat").await;
    window.click("menuitem", "Poista käytöstä").await;
    window
        .fill("textbox", "Syy, jonka kaikki näkevät", "Nuohous")
        .await;
    window.click("button", "Poista käytöstä").await;
    window.wait_for("Talosauna on pois käytöstä").await;
    window.screenshot("house-week").await;

    // The list for the door, by flat and never by name.
    window.click("button", "Varattavat tilat").await;
    window.click("menuitem", "Tulosta…").await;
    window.wait_for("Mitä tulostetaan?").await;
    let door = window.data_directory().join("ovilista.pdf");
    window.answer_save(&door);
    window.click("button", "Tallenna PDF…").await;
    window.wait_for("PDF tallennettu.").await;
    let text = window.text_of(&door);
    for flat in ["A 3", "B 9", "A 1"] {
        assert!(text.contains(flat), "{flat} is on the list:\n{text}");
    }
    for name in ["Aaltonen", "Virtanen", "Niemi"] {
        assert!(!text.contains(name), "{name} is on the list:\n{text}");
    }

    // What last month costs whom: every flat the month of its shift.
    window.click("tab", "Veloitukset").await;
    window.wait_for("10 maksajaa").await;
    window.wait_for("185,00\u{a0}€").await;
    window.wait_for("18,50\u{a0}€").await;
    window.screenshot("house-charges").await;
    window.assert_accessible("charges of a new house").await;
}
