//! A turn that somebody has and others wait for: put on the list, offered when it gets free, answered.

use crate::harness::Window;

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_a_waiting_list() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.open_sample_without_spaces().await;
    window.click("link", "Varaukset").await;
    window.set_up("Talosauna").await;
    window.click("button", "Seuraava viikko").await;
    window.wait_for("Vapaa").await;
    window.press_first("~Vapaa, to").await;
    window.pick("Huoneisto tai henkilö", "A 2").await;
    window.fill("textbox", "~Muistiinpanot", "Avain naapurilla").await;
    window.click("button", "~Varaa: A 2").await;
    window.wait_for("Varattu: A 2").await;

    // Two flats wait for it. The calendar says how many do.
    window.click("button", "~A 2, Varaus").await;
    window.wait_for("Avain naapurilla").await;
    window.wait_for("Kukaan ei jonota tätä vuoroa.").await;
    window.click("button", "Laita jonoon").await;
    for flat in ["A 5", "A 3"] {
        window.pick("Huoneisto tai henkilö", flat).await;
        window.fill("textbox", "~Muistiinpanot", "Soita ensin").await;
        window.click("button", &format!("Laita jonoon: {flat}")).await;
        window.wait_for(&format!("Jonossa: {flat}")).await;
        if flat == "A 5" {
            window.click("button", "Laita jonoon").await;
        }
    }
    window.wait_for("odottaa").await;
    window.find("button", "~Jonossa 2").await;
    window.wait_for("Soita ensin").await;
    window.assert_accessible("a line").await;
    window.screenshot("waiting-line").await;
    window.click("button", "~A 2, Varaus").await;
    window.click("button", "Peru varaus").await;
    window.wait_for("Varaus peruttiin").await;

    // It is kept for the first of them: the calendar shows it, and needs attention offers it with the message ready.
    window.wait_for("Jonottajalle").await;
    for (look, size) in [("small", (1024, 700)), ("large", (1600, 1000))] {
        window.resize(size.0, size.1).await;
        window.screenshot(&format!("waiting-kept-{look}")).await;
        window
            .assert_accessible(&format!("a turn that is kept, {look}"))
            .await;
    }
    window.click("link", "~Huomioitavaa").await;
    window.wait_for("Talosauna: vuoro vapautui, A 5 jonottaa").await;
    window.screenshot("waiting-attention").await;
    window.click("button", "~Tarjoa ja näytä viesti").await;
    window.wait_for("Vuoroa tarjottiin: A 5").await;
    window.wait_for("Viesti: A 5").await;
    window.screenshot("waiting-message").await;
    window.assert_accessible("the message").await;
    window.click("button", "Sulje").await;
    window.wait_for("Talosauna: A 5 ei ole vielä vastannut").await;
    window.click("link", "~Katso: Talosauna").await;

    // Nobody else may have it, and is told so; whoever it is kept for takes it or does not.
    window.press_first("~A 5, Tarjottu jonottajalle").await;
    window.wait_for("Vastausta odotetaan viimeistään").await;
    window.screenshot("waiting-offered").await;
    window.assert_accessible("an offer").await;
    window.click("button", "Varaa jollekin muulle").await;
    window.pick("Huoneisto tai henkilö", "A 7").await;
    window.wait_for("Vuoroa on tarjottu jonottajalle: A 5.").await;
    window.find("button", "Laita jonoon: A 7").await;
    window.screenshot("waiting-refused").await;
    window.assert_accessible("a turn that is kept for another").await;
    window.press_first("~A 5, Tarjottu jonottajalle").await;
    window.click("button", "Ei halua vuoroa").await;
    window.wait_for("Ei halunnut vuoroa: A 5").await;
    window.press_first("~A 3, Jonottajalle").await;
    window.click("button", "Otti vuoron: A 3").await;
    window.wait_for("Varattu: A 3").await;
    window.find("button", "~A 3, Varaus").await;

    // Undone twice, the turn is offered to the first again; the history says all of it.
    window.click("button", "Kumoa").await;
    window.find("button", "~A 3, Jonottajalle").await;
    window.click("link", "Historia").await;
    window.wait_for("tarjosi jonosta: Talosauna, A 5").await;
    window.screenshot("waiting-history").await;

    // A flat's page shows what it waits for.
    window.click("link", "Huoneistot").await;
    window.click_text("A 3").await;
    window.wait_for("seuraavana vuorossa").await;
    window.screenshot("waiting-flat").await;
    window.assert_accessible("a flat that waits").await;
}
