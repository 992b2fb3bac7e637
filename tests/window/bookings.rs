//! A shared space as a board sets it up: a sauna with its usual rules, a turn for a flat, a refusal in words, and undo.

use crate::harness::Window;
use thirtyfour::Key;

impl Window {
    /// Sets a sauna up with its usual rules, from a page that offers it.
    pub(crate) async fn set_up(&self, name: &str) {
        self.click("button", "Lisää tila").await;
        self.fill("textbox", "Nimi", name).await;
        while self.find_all("button", "Seuraava").await.len() == 1 {
            self.click("button", "Seuraava").await;
        }
        self.click("button", "Ota käyttöön").await;
        self.wait_for(&format!("{name} tallennettiin")).await;
    }

    /// Gives a button the focus.
    async fn focus(&self, name: &str) {
        let button = self.first("button", name).await;
        button.focus().await.expect("it takes the focus");
    }
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_a_booking() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.open_sample_without_spaces().await;

    window.click("link", "Varaukset").await;
    window
        .wait_for("Täällä on talon yhteisten tilojen kalenteri")
        .await;
    window.screenshot("bookings-empty").await;
    // Six steps, each read back in words; the usual rules of a sauna stand already.
    window.click("button", "Lisää tila").await;
    window.wait_for("yksi vakiovuoro huoneistoa kohti").await;
    window.assert_accessible("a space").await;
    window.screenshot("assistant-1-space").await;
    window.fill("textbox", "Nimi", "Talosauna").await;
    for (step, told) in [
        ("hours", "Auki ke–la 16.00–22.00."),
        ("turns", "Varataan 1 t vuoroissa."),
        ("limits", "Varata voi aikaisintaan 14 päivää ennen."),
        ("prices", "Tila on maksuton"),
        ("preview", "Ensi viikko"),
    ] {
        window.click("button", "Seuraava").await;
        window.wait_for(told).await;
        window.assert_accessible(step).await;
        window.screenshot(&format!("assistant-{step}")).await;
    }
    window.click("button", "Juhannusviikko").await;
    window.wait_for("juhannuspäivä").await;
    window.click("button", "Ota käyttöön").await;
    window.wait_for("Talosauna tallennettiin").await;

    // Next week, so that every turn is still to come.
    window.click("button", "Seuraava viikko").await;
    window.wait_for("Vapaa").await;
    window.assert_accessible("an empty week").await;
    window.press_first("~Vapaa, ke").await;
    window.wait_for("Milloin").await;
    window.pick("Huoneisto tai henkilö", "A 2").await;
    window.wait_for("Kyllä").await;
    window.screenshot("bookings-ask").await;
    window.assert_accessible("the question").await;
    window.click("button", "~Varaa: A 2").await;
    window.wait_for("Varattu: A 2").await;
    window.screenshot("bookings-booked").await;

    // The same flat may not have a second one open, and is told so.
    window.press_first("~Vapaa, to").await;
    window.pick("Huoneisto tai henkilö", "A 2").await;
    window.wait_for("Kiintiö on käytetty").await;
    window.screenshot("bookings-refused").await;
    window.assert_accessible("the refusal").await;
    // Another flat has the same turn every week from then on.
    window.pick("Huoneisto tai henkilö", "A 3").await;
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

    // By keyboard: taken up, a turn down, put down; then by pointer, to the day after, and onto a turn that somebody has.
    window.focus("~A 2, Varaus, pe").await;
    window.press("m").await;
    window.wait_for("Kyllä").await;
    window.press(Key::Down + "").await;
    window.wait_for("17.00–18.00").await;
    window.screenshot("bookings-carried").await;
    window.press(Key::Escape + "").await;
    window.press("m").await;
    window.press(Key::Down + "").await;
    window.press(Key::Enter + "").await;
    window.wait_for("17.00–18.00").await;
    window.wait_for("Varaus siirrettiin: pe").await;
    window.drag("~A 2, Varaus, pe", "~Vapaa, la").await;
    window.wait_for("Varaus siirrettiin: la").await;
    window.drag("~A 2, Varaus, la", "~A 3, Vakiovuoro, to").await;
    window.wait_for("Vuoro on vakiovuoro: A 3.").await;
    window.wait_for("Vapaana lähellä").await;
    window.screenshot("bookings-drag-refused").await;
    window.assert_accessible("a drop that is refused").await;

    // The spaces with their usual hours in words, and from there back to the calendar.
    window.click("tab", "Tilat").await;
    window.wait_for("ke–la 16.00–22.00").await;
    window.assert_accessible("the spaces").await;
    window.screenshot("bookings-spaces").await;
    window.click("link", "Talosauna").await;
    window.wait_for("Vapaa").await;

    // A club room beside it: a time is drawn where lengths are free.
    window.click("tab", "Tilat").await;
    window.click("button", "Lisää tila").await;
    window.click("radio", "~Kerhohuone").await;
    for _ in 0..5 {
        window.click("button", "Seuraava").await;
    }
    window.wait_for("Ensi viikko").await;
    window.click("button", "Ota käyttöön").await;
    window.wait_for("Kerhohuone tallennettiin").await;
    window.click("button", "Seuraava viikko").await;
    window.wait_for("8.00–23.00").await;
    window.press_first("~Vapaa 8.00–23.00, pe").await;
    window.wait_for("Alkaa klo").await;
    window.pick("Huoneisto tai henkilö", "A 3").await;
    window.wait_for("Kyllä").await;
    window.screenshot("bookings-drawn").await;
    window.click("button", "~Varaa: A 3").await;
    window.wait_for("Varattu: A 3").await;
    for (view, told) in [
        ("Päivä", "A 3"),
        ("Kuukausi", "ma"),
        ("Luettelo", "Näytä myös vapaat vuorot"),
        ("Rinnakkain", "Tilat 2/2"),
        ("Viikko", "Viikko"),
    ] {
        window.click("radio", view).await;
        window.wait_for(told).await;
        for size in [(1024, 700), (1600, 1000)] {
            window.resize(size.0, size.1).await;
            window.assert_accessible(view).await;
            window
                .screenshot(&format!("bookings-{}-{}", view.to_lowercase(), size.0))
                .await;
        }
    }

    window.click("link", "Historia").await;
    window.wait_for("varasi: Talosauna, A 2").await;
}
