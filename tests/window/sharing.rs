//! Two people share a register: one begins and invites, the other joins, what one writes the other sees, and where both wrote the
//! same while the line was broken, both values are there to choose from.

use crate::harness::{PATIENCE, Window};
use crate::walk::found;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A real endpoint on a loopback port, with a database of its own.
struct Endpoint {
    room: tempfile::TempDir,
    port: u16,
    process: Option<Child>,
}

impl Endpoint {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut endpoint = Self {
            room: tempfile::tempdir().unwrap(),
            port,
            process: None,
        };
        endpoint.come_back();
        endpoint
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn come_back(&mut self) {
        let program = Path::new(env!("CARGO_BIN_EXE_kiulu")).with_file_name("kiulu-endpoint");
        assert!(program.is_file(), "there is no program {}", program.display());
        let process = Command::new(program)
            .args([
                "serve",
                "--listen",
                &format!("127.0.0.1:{}", self.port),
                "--database",
            ])
            .arg(self.room.path().join("endpoint.sqlite3"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(process);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the endpoint does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn go_away(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.go_away();
    }
}

impl Window {
    async fn to_sharing(&self) {
        self.click("link", "Asetukset").await;
        self.click("tab", "Yhteiskäyttö").await;
    }

    async fn write_phone(&self, phone: &str) {
        self.click("link", "Kontaktit").await;
        self.click("row", "~Virtanen Aino").await;
        self.click("link", "Muokkaa").await;
        self.fill("textbox", "Puhelin", phone).await;
        self.click("button", "Tallenna").await;
        self.wait_for(phone).await;
    }
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_two_who_share() {
    let mut endpoint = Endpoint::start();
    let chair = Window::open().await;
    chair.resize(1280, 800).await;
    found(&chair).await;

    // The chair begins. A wrong address gets a sentence first.
    chair.to_sharing().await;
    chair.wait_for("Palvelin ei näe tietoja").await;
    chair.look_from_all_sides("sharing-begin").await;
    chair.resize(1280, 800).await;
    chair
        .fill("textbox", "Palvelimen osoite", "http://127.0.0.1:9")
        .await;
    chair.click("button", "Aloita yhteiskäyttö").await;
    chair.wait_for("Palvelimeen ei saada yhteyttä").await;
    chair
        .fill("textbox", "Palvelimen osoite", &endpoint.address())
        .await;
    chair.click("button", "Aloita yhteiskäyttö").await;
    chair.wait_for("Vertailukoodi").await;
    chair.wait_for("Ajan tasalla").await;
    chair.look_from_all_sides("sharing-begun").await;
    chair.resize(1280, 800).await;

    chair.click("button", "Kutsu mukaan").await;
    chair.wait_for("Muokkaa kaikkia tietoja.").await;
    chair.assert_accessible("invite").await;
    chair.screenshot("sharing-invite").await;
    chair.click("button", "Tee kutsukoodi").await;
    chair.wait_for("Anna koodi kutsuttavalle").await;
    chair.look_from_all_sides("sharing-code").await;
    chair.resize(1280, 800).await;
    let code: String = chair
        .script(
            "return [...document.querySelectorAll('.code-box li')].map((one) => one.textContent).join('-');",
            vec![],
        )
        .await
        .unwrap();
    chair.press_first("Sulje").await;
    chair.wait_for("Avoimet kutsut").await;
    chair.screenshot("sharing-open-invitation").await;

    // The secretary mistypes the code, then joins. Both windows keep their keys in one keychain here, so one has a passphrase.
    let secretary = Window::open().await;
    secretary.resize(1280, 800).await;
    secretary.click("button", "Liity kutsulla").await;
    let mistyped = code.replacen('-', "-7", 1);
    secretary.fill("textbox", "Kutsukoodi", &mistyped).await;
    secretary.fill("textbox", "Nimesi", "Pekka Lahtinen").await;
    secretary
        .fill("textbox", "Sähköpostisi", "pekka.lahtinen@posti.example")
        .await;
    secretary.look_from_all_sides("join").await;
    secretary.resize(1280, 800).await;
    secretary.click("button", "Jatka").await;
    secretary.wait_for("Koodissa on kirjoitusvirhe").await;
    secretary.screenshot("join-mistyped").await;
    secretary
        .fill("textbox", "Kutsukoodi", &code.to_lowercase().replace('-', " "))
        .await;
    secretary.click("button", "Jatka").await;
    secretary.wait_for("Miten tiedot avataan tällä koneella?").await;
    secretary.click("radio", "~Tunnuslauseella").await;
    secretary
        .fill("textbox", "Tunnuslause", "saunavuoro kuuluu kaikille")
        .await;
    secretary
        .fill("textbox", "Tunnuslause uudelleen", "saunavuoro kuuluu kaikille")
        .await;
    secretary.click("button", "Liity").await;
    secretary.wait_for("Tulosta palautuslomake").await;
    secretary
        .click("checkbox", "Olen tulostanut koodin tai kirjoittanut sen muistiin")
        .await;
    secretary.click("button", "Siirry rekisteriin").await;
    secretary.wait_for("Huomioitavaa").await;
    secretary.wait_for("As Oy Koivurinne").await;

    // What the chair writes the secretary sees, without doing anything.
    secretary.click("link", "Kontaktit").await;
    secretary.wait_for("Rekisteri alkaa tästä").await;
    chair.click("link", "Kontaktit").await;
    chair.click("link", "Uusi kontakti").await;
    chair.fill("textbox", "Etunimi", "Aino").await;
    chair.fill("textbox", "Sukunimi", "Virtanen").await;
    chair.click("button", "Tallenna").await;
    let written = Instant::now();
    secretary.wait_for("Virtanen").await;
    println!("seen by the other after {:?}", written.elapsed());

    // The line breaks; both write the same.
    endpoint.go_away();
    chair.write_phone("040 111 1111").await;
    chair.wait_for("Ei yhteyttä palvelimeen").await;
    chair.screenshot("sharing-offline").await;
    secretary.write_phone("040 222 2222").await;
    endpoint.come_back();
    for window in [&chair, &secretary] {
        window.to_sharing().await;
        window.click("button", "Päivitä nyt").await;
        window.wait_for("Ajan tasalla").await;
        window.click("link", "~Huomioitavaa").await;
        window.wait_for("Kaksi konetta muutti samaa: Aino Virtanen").await;
    }
    chair.click("button", "~Näytä arvot").await;
    chair.wait_for("040 111 1111").await;
    chair.wait_for("040 222 2222").await;
    chair.look_from_all_sides("conflict").await;
    chair.resize(1280, 800).await;
    chair.click("button", "Ota toinen arvo").await;
    chair.wait_for("Toinen arvo on nyt voimassa").await;
    secretary.wait_gone("Kaksi konetta muutti samaa").await;

    // What the secretary's backup holds comes back as a change that the chair gets too.
    secretary.back_up().await;
    secretary.write_phone("040 333 3333").await;
    chair.click("link", "Kontaktit").await;
    chair.click("row", "~Virtanen Aino").await;
    chair.wait_for("040 333 3333").await;
    secretary.ask_to_restore().await;
    secretary.wait_for("Tämä organisaatio on jaettu").await;
    secretary.screenshot("sharing-restore").await;
    secretary.assert_accessible("bring back").await;
    secretary.click("button", "Tuo takaisin").await;
    secretary.wait_for("on tuotu takaisin").await;
    chair.wait_gone("040 333 3333").await;

    // Who asks to be forgotten is forgotten by both.
    chair.click("button", "~Poista lopullisesti").await;
    chair.wait_for("Poistetaanko Aino Virtanen lopullisesti?").await;
    chair.screenshot("sharing-erase").await;
    chair.press_verb("Poista lopullisesti").await;
    chair.wait_for("on poistettu lopullisesti").await;
    secretary.click("link", "Historia").await;
    secretary.wait_for("(pysyvästi poistettu)").await;
    secretary.wait_gone("Virtanen").await;
    secretary.screenshot("sharing-erased-history").await;

    // The chair shuts the secretary's computer out.
    chair.to_sharing().await;
    chair.click("button", "~Sulje pois: Pekka Lahtinen").await;
    chair.wait_for("avaimet vaihdetaan").await;
    chair.screenshot("sharing-shut-out-question").await;
    chair.press_verb("Sulje pois").await;
    chair.wait_for("Suljettu pois").await;
    chair.screenshot("sharing-shut-out").await;
    secretary.to_sharing().await;
    secretary.click("button", "Päivitä nyt").await;
    secretary.wait_for("Tämä kone on suljettu pois").await;
    secretary.screenshot("sharing-was-shut-out").await;
    secretary.assert_accessible("shut out").await;

    // The same pages in the other languages.
    for (language, tab) in [("Svenska", "Gemensam användning"), ("English", "Sharing")] {
        chair.choose(language).await;
        chair.click("tab", tab).await;
        chair
            .look_from_all_sides(&format!("sharing-{}", language.to_lowercase()))
            .await;
        chair.resize(1280, 800).await;
    }
}
