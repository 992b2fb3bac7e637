//! What keeps a register safe, as a person meets it: a passphrase asked for in the morning, a backup taken and gone back to, and
//! a file that the disk has damaged.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::harness::Window;

const PASSPHRASE: &str = "neljä tavallista sanaa riittää";

impl Window {
    /// From the first page to an open, empty association behind a passphrase.
    async fn found_behind_passphrase(&self) {
        self.click("button", "Lisää oma taloyhtiö tai yhdistys").await;
        self.click("radio", "~Yhdistys").await;
        self.fill("textbox", "Virallinen nimi", "Kalliolan Soutajat ry")
            .await;
        self.fill("textbox", "Nimesi", "Marjatta Lehto").await;
        self.fill("textbox", "Sähköpostisi", "marjatta.lehto@posti.example")
            .await;
        self.click("button", "Jatka").await;
        self.click("radio", "~Tunnuslauseella").await;
        self.fill("textbox", "Tunnuslause", PASSPHRASE).await;
        self.fill("textbox", "Tunnuslause uudelleen", "jotakin muuta")
            .await;
        self.click("button", "Luo rekisteri").await;
        self.wait_for("Tunnuslauseet eivät ole samat.").await;
        self.screenshot("passphrase").await;
        self.assert_accessible("passphrase").await;
        self.fill("textbox", "Tunnuslause uudelleen", PASSPHRASE).await;
        self.click("button", "Luo rekisteri").await;
        self.wait_for("Tulosta palautuslomake").await;
        self.click("checkbox", "Olen tulostanut koodin tai kirjoittanut sen muistiin")
            .await;
        self.click("button", "Siirry rekisteriin").await;
        self.wait_for("Huomioitavaa").await;
    }

    async fn unlock(&self, secret: &str) {
        self.fill("textbox", "Tunnuslause tai palautuskoodi", secret)
            .await;
        self.click("button", "Avaa").await;
    }

    async fn add_person(&self, first: &str, last: &str) {
        self.click("link", "Kontaktit").await;
        self.click("link", "Uusi kontakti").await;
        self.fill("textbox", "Etunimi", first).await;
        self.fill("textbox", "Sukunimi", last).await;
        self.click("button", "Tallenna").await;
        self.wait_for(&format!("{first} {last}")).await;
    }

    pub(crate) async fn back_up(&self) {
        self.click("link", "Asetukset").await;
        self.click("tab", "Varmuuskopiot").await;
        self.click("button", "Ota varmuuskopio nyt").await;
        self.wait_for("Varmuuskopio otettu.").await;
    }

    /// Opens the question about the newest backup.
    pub(crate) async fn ask_to_restore(&self) {
        self.click("link", "Asetukset").await;
        self.click("tab", "Varmuuskopiot").await;
        self.find_all("button", "Palauta…")
            .await
            .first()
            .expect("the backup just taken")
            .click()
            .await
            .expect("it can be restored");
        self.wait_for("Palautetaanko varmuuskopio?").await;
    }
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_of_the_passphrase_and_a_backup() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.found_behind_passphrase().await;
    window.add_person("Aino", "Koskela").await;

    // The next morning.
    let window = window.reopen().await;
    window.wait_for("Kirjoita tunnuslause").await;
    window.screenshot("locked").await;
    window.assert_accessible("locked").await;
    window.unlock("jotakin aivan muuta").await;
    window.wait_for("ei täsmää").await;
    window.unlock(PASSPHRASE).await;
    window.wait_for("Huomioitavaa").await;

    window.back_up().await;
    window.screenshot("backups").await;
    window.add_person("Bertta", "Liian-Myöhään").await;
    window.ask_to_restore().await;
    window.screenshot("restore").await;
    window.assert_accessible("restore").await;
    window.click("button", "Palauta ja avaa").await;
    window.wait_for("Palautettu varmuuskopio").await;
    window.click("link", "Kontaktit").await;
    window.wait_for("Koskela Aino").await;
    window.wait_gone("Liian-Myöhään").await;
}

#[tokio::test]
#[ignore = "drives the real window: cargo xtask test"]
async fn walk_from_a_damaged_file_to_its_backup() {
    let window = Window::open().await;
    window.resize(1280, 800).await;
    window.wait_for("Tervetuloa Kiuluun").await;
    window.click("button", "Kokeile mallitaloa").await;
    window.wait_for("Huomioitavaa").await;
    window.back_up().await;

    let database = database_below(&window.data_directory()).expect("the sample has its file");
    let window = window.reopen_after(|| damage(&database)).await;
    window.wait_for("Tiedosto on vaurioitunut.").await;
    window.screenshot("damaged").await;
    window.assert_accessible("damaged").await;
    window.click("button", "Palauta ja avaa").await;
    window.click("link", "Kontaktit").await;
    window.wait_for("Aaltonen Håkan").await;
    let kept = fs::read_dir(database.parent().expect("a file lies in a folder"))
        .expect("the folder can be read")
        .flatten()
        .any(|file| file.file_name().to_string_lossy().starts_with("replaced-"));
    assert!(kept, "the damaged file is kept");
}

fn database_below(folder: &Path) -> Option<PathBuf> {
    fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            database_below(&path)
        } else {
            path.file_name()
                .is_some_and(|name| name == "kiulu.db")
                .then_some(path)
        }
    })
}

/// Overwrites a stretch in the middle, as a failing disk does.
fn damage(file: &Path) {
    let size = fs::metadata(file).expect("the file is there").len();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(file)
        .expect("the file can be written");
    file.seek(SeekFrom::Start(size / 2)).expect("its middle");
    file.write_all(&[0x5a; 16 * 1024]).expect("a torn stretch");
}
