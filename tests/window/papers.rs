//! The paper loop: the list for the door is printed, written on, and keyed back.

use crate::harness::Window;

impl Window {
    /// An act of the calendar's menu.
    async fn of_the_menu(&self, act: &str) {
        self.click("button", "Varattavat tilat").await;
        self.click("menuitem", act).await;
        self.wait_until("the menu to be gone", async || {
            self.find_all("menuitem", act).await.is_empty()
        })
        .await;
    }

    /// What a paper says, with one space between its words.
    pub(crate) fn text_of(&self, paper: &std::path::Path) -> String {
        let text = pdf_extract::extract_text(paper).expect("the paper is a PDF");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What looks like a code: four capitals and digits, at least one of each.
fn looks_like_a_code(word: &str) -> bool {
    word.len() == 4
        && word
            .chars()
            .all(|one| one.is_ascii_uppercase() || one.is_ascii_digit())
        && word.chars().any(|one| one.is_ascii_uppercase())
        && !word.chars().all(|one| one.is_ascii_digit())
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_papers() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.click("button", "Kokeile mallitaloa").await;
    window.wait_for("tarvitsee uuden vuoron").await;
    window.click("link", "Varaukset").await;
    window.wait_for("Yhteinen vuoro").await;

    // Whom to ask, and the text of the notice in the organisation's own words.
    window.of_the_menu("Tulosta…").await;
    window.wait_for("Mitä tulostetaan?").await;
    window.assert_accessible("what to print").await;
    for (width, height) in [(1024, 700), (1600, 1000)] {
        window.resize(width, height).await;
        window.screenshot(&format!("print-{width}")).await;
    }
    window.click("button", "Yhteyshenkilö ja tekstit…").await;
    window.wait_for("Mitä papereissa lukee").await;
    window
        .fill("textbox", "~Yhteyshenkilö", "Aino Sihteeri, 040 123 4567")
        .await;
    window.wait_for("Vuorot varataan huoneistolle").await;
    window.fill("textbox", "Teksti", "Kysy {contact}").await;
    window.wait_for("Kysy Aino Sihteeri, 040 123 4567").await;
    window.assert_accessible("texts of the papers").await;
    for (width, height) in [(1024, 700), (1600, 1000)] {
        window.resize(width, height).await;
        window.screenshot(&format!("print-texts-{width}")).await;
    }
    window.click("button", "Palauta alkuperäinen").await;
    window.wait_for("Vapaan vuoron voi ottaa myös").await;
    window.click("button", "Tallenna").await;
    window.wait_for("Paperien tekstit tallennettu").await;

    // Last week's list: by flat, with a code for each turn.
    window.click("button", "Edellinen viikko").await;
    window.of_the_menu("Tulosta…").await;
    window.wait_for("Mitä tulostetaan?").await;
    let list = window.data_directory().join("ovilista.pdf");
    window.answer_save(&list);
    window.click("button", "Tallenna PDF…").await;
    window.wait_for("PDF tallennettu.").await;
    let said = window.text_of(&list);
    assert!(said.contains("Talosauna") && said.contains("Viikko"), "{said}");
    let code = said
        .split(' ')
        .zip(said.split(' ').skip(1))
        .find(|(code, next)| looks_like_a_code(code) && next.chars().all(|one| one.is_ascii_uppercase()))
        .map(|(code, _)| code.to_owned())
        .expect("some flat has a turn of the week");

    // It comes back: one mark that is understood, one that is not.
    window.of_the_menu("Kirjaa ovilistan merkit…").await;
    window.wait_for("Koodi ja merkki").await;
    window.fill("textbox", "~Koodi ja merkki", "2222 +").await;
    window.wait_for("Koodia ei ole tämän tilan listoilla").await;
    window.assert_accessible("a code that is none").await;
    window.screenshot("marks-wrong").await;
    window
        .fill("textbox", "~Koodi ja merkki", &format!("{code} -"))
        .await;
    window.wait_for("ei käytetty").await;
    window.press(thirtyfour::Key::Enter).await;
    for (width, height) in [(1024, 700), (1600, 1000)] {
        window.resize(width, height).await;
        window.screenshot(&format!("marks-{width}")).await;
    }
    window.assert_accessible("marks to enter").await;
    window.click("button", "Kirjaa 1 merkki").await;
    window.wait_for("1 merkki kirjattu").await;
    window.click("button", "Kumoa").await;
    window.wait_for("Kumottu").await;

    // The agreement of a standing shift.
    window.click("tab", "Vakiovuorot").await;
    let first = window.first("row", "~Talosauna").await;
    first.click().await.expect("a row can be clicked");
    window.wait_for("Seuraavat kerrat").await;
    window.click("button", "Tulosta sopimus…").await;
    window.wait_for("Vakiovuorosopimus").await;
    window.assert_accessible("an agreement").await;
    let agreement = window.data_directory().join("sopimus.pdf");
    window.answer_save(&agreement);
    window.click("button", "Tallenna PDF…").await;
    window.wait_for("PDF tallennettu.").await;
    assert!(window.text_of(&agreement).contains("Sopimus vakiovuorosta"));

    window.click("link", "Historia").await;
    window.click("checkbox", "Näytä myös katselut ja viennit").await;
    window.wait_for("tulosti vakiovuorosopimuksen").await;
    window.wait_for("tulosti ovilistan: Talosauna").await;
}
