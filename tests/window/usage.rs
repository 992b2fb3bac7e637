//! How much the sample house uses its spaces, and what a flat has of them.

use crate::harness::Window;

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_how_much_is_used() {
    let window = Window::open().await;
    window.resize(1600, 1000).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.click("button", "Kokeile mallitaloa").await;
    window.wait_for("tarvitsee uuden vuoron").await;

    window.click("link", "Varaukset").await;
    window.wait_for("Yhteinen vuoro").await;
    window.screenshot("sample-calendar").await;
    window.click("tab", "Käyttö").await;
    window.wait_for("aukioloajasta käytössä").await;
    window.look_from_all_sides("use-sauna").await;
    // Three months instead of twelve: fewer rows in the table of months.
    let months = window.find_all("rowheader", "~20").await.len();
    let third = window.find("radio", "3 kuukautta").await;
    let label = third
        .find(thirtyfour::By::XPath(".."))
        .await
        .expect("a choice has a label");
    label.click().await.expect("the label can be clicked");
    window
        .wait_until("the months of a quarter", async || {
            window.find_all("rowheader", "~20").await.len() < months
        })
        .await;
    window.script::<()>(
        "const space = document.querySelector('main select'); space.value = [...space.options].find((one) => one.text === 'Vierashuone').value; space.dispatchEvent(new Event('change', { bubbles: true }));",
        vec![],
    )
    .await;
    window.wait_for("öistä varattu").await;
    window.look_from_all_sides("use-guest").await;

    window.click("link", "Huoneistot").await;
    window.click_text("A 2").await;
    window.wait_for("Tulevat varaukset").await;
    window.wait_for("joka viikko").await;
    window.look_from_all_sides("flat-bookings").await;
}
