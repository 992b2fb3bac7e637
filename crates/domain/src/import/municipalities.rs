//! The municipalities of Finland, by which a column of cities is recognised.

use crate::collation::fold;
use std::collections::HashSet;
use std::sync::OnceLock;

/// Finnish names (as of 2024, 309 municipalities), then the Swedish names of those that have one of their own.
const MUNICIPALITIES: &str = "
Akaa Alajärvi Alavieska Alavus Asikkala Askola Aura Brändö Eckerö Enonkoski Enontekiö Espoo Eura Eurajoki Evijärvi Finström Forssa Föglö Geta
Haapajärvi Haapavesi Hailuoto Halsua Hamina Hammarland Hankasalmi Hanko Harjavalta Hartola Hattula Hausjärvi Heinola Heinävesi Helsinki Hirvensalmi
Hollola Huittinen Humppila Hyrynsalmi Hyvinkää Hämeenkyrö Hämeenlinna Ii Iisalmi Iitti Ikaalinen Ilmajoki Ilomantsi Imatra Inari Inkoo Isojoki
Isokyrö Janakkala Joensuu Jokioinen Jomala Joroinen Joutsa Juuka Juupajoki Juva Jyväskylä Jämijärvi Jämsä Järvenpää Kaarina Kaavi Kajaani Kalajoki
Kangasala Kangasniemi Kankaanpää Kannonkoski Kannus Karijoki Karkkila Karstula Karvia Kaskinen Kauhajoki Kauhava Kauniainen Kaustinen Keitele
Kemi Kemijärvi Keminmaa Kemiönsaari Kempele Kerava Keuruu Kihniö Kinnula Kirkkonummi Kitee Kittilä Kiuruvesi Kivijärvi Kokemäki Kokkola Kolari
Konnevesi Kontiolahti Korsnäs Koski_Tl Kotka Kouvola Kristiinankaupunki Kruunupyy Kuhmo Kuhmoinen Kumlinge Kuopio Kuortane Kurikka Kustavi Kuusamo
Kyyjärvi Kärkölä Kärsämäki Kökar Lahti Laihia Laitila Lapinjärvi Lapinlahti Lappajärvi Lappeenranta Lapua Laukaa Lemi Lemland Lempäälä Leppävirta
Lestijärvi Lieksa Lieto Liminka Liperi Lohja Loimaa Loppi Loviisa Luhanka Lumijoki Lumparland Luoto Luumäki Maalahti Maarianhamina Marttila Masku
Merijärvi Merikarvia Miehikkälä Mikkeli Muhos Multia Muonio Mustasaari Muurame Mynämäki Myrskylä Mäntsälä Mänttä-Vilppula Mäntyharju Naantali
Nakkila Nivala Nokia Nousiainen Nurmes Nurmijärvi Närpiö Orimattila Oripää Orivesi Oulainen Oulu Outokumpu Padasjoki Paimio Paltamo Parainen
Parikkala Parkano Pedersören_kunta Pelkosenniemi Pello Perho Pertunmaa Petäjävesi Pieksämäki Pielavesi Pietarsaari Pihtipudas Pirkkala Polvijärvi
Pomarkku Pori Pornainen Porvoo Posio Pudasjärvi Pukkila Punkalaidun Puolanka Puumala Pyhtää Pyhäjoki Pyhäjärvi Pyhäntä Pyhäranta Pälkäne Pöytyä
Raahe Raasepori Raisio Rantasalmi Ranua Rauma Rautalampi Rautavaara Rautjärvi Reisjärvi Riihimäki Ristijärvi Rovaniemi Ruokolahti Ruovesi Rusko
Rääkkylä Saarijärvi Salla Salo Saltvik Sastamala Sauvo Savitaipale Savonlinna Savukoski Seinäjoki Sievi Siikainen Siikajoki Siikalatva
Siilinjärvi Simo Sipoo Siuntio Sodankylä Soini Somero Sonkajärvi Sotkamo Sottunga Sulkava Sund Suomussalmi Suonenjoki Sysmä Säkylä Taipalsaari
Taivalkoski Taivassalo Tammela Tampere Tervo Tervola Teuva Tohmajärvi Toholampi Toivakka Tornio Turku Tuusniemi Tuusula Tyrnävä Ulvila Urjala
Utajärvi Utsjoki Uurainen Uusikaarlepyy Uusikaupunki Vaala Vaasa Valkeakoski Vantaa Varkaus Vehmaa Vesanto Vesilahti Veteli Vieremä Vihti
Viitasaari Vimpeli Virolahti Virrat Vårdö Vöyri Ylitornio Ylivieska Ylöjärvi Ypäjä Ähtäri Äänekoski
Helsingfors Esbo Vanda Grankulla Hyvinge Kervo Träskända Tusby Nurmijärvi Kyrkslätt Sjundeå Ingå Raseborg Hangö Lojo Sibbo Borgå Lovisa Lappträsk
Mörskom Åbo Pargas Kimitoön S:t_Karins Nådendal Reso Nystad Raumo Björneborg Tammerfors Tavastehus Lahtis Villmanstrand Fredrikshamn Pyttis
Nyslott S:t_Michel Vasa Korsholm Malax Närpes Kristinestad Kaskö Jakobstad Nykarleby Pedersöre Larsmo Kronoby Karleby Vörå Storkyro Laihela
Lappo Uleåborg Brahestad Torneå Enare Utsjok Karlö Mariehamn Salo Idensalmi Kajana Ijo Kumo Ulvsby Esbo Ekenäs Karis Åland";

/// True for the name of a Finnish municipality in Finnish or Swedish, in any case.
pub(super) fn is_municipality(text: &str) -> bool {
    static NAMES: OnceLock<HashSet<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut names: HashSet<String> = MUNICIPALITIES
            .split_whitespace()
            .map(|name| fold(&name.replace('_', " ")))
            .collect();
        names.insert("koski".to_owned());
        names
    });
    names.contains(fold(text.trim()).as_str())
}

#[cfg(test)]
mod tests {
    use super::is_municipality;

    #[test]
    fn knows_municipalities_in_both_languages() {
        for name in [
            "Helsinki",
            "HELSINKI",
            "Helsingfors",
            "Äänekoski",
            "Mänttä-Vilppula",
            "Koski Tl",
            "S:t Karins",
            " Parainen ",
        ] {
            assert!(is_municipality(name), "{name}");
        }
        for name in ["", "Tukholma", "Koivukatu", "Matti"] {
            assert!(!is_municipality(name), "{name}");
        }
    }

    /// Every municipality that Posti's table of postal codes names is known.
    #[test]
    fn knows_every_municipality_of_the_postal_table() {
        let Some(folder) = std::env::var_os("KIULU_CORPORA") else {
            eprintln!("skipped: KIULU_CORPORA is not set");
            return;
        };
        let path = std::path::Path::new(&folder).join("5-names/data/posti-postcodes-20240413.csv");
        let table = std::fs::read_to_string(path).unwrap();
        let unknown: std::collections::BTreeSet<&str> = table
            .lines()
            .skip(1)
            .filter_map(|row| row.split(',').nth(4))
            .filter(|name| !name.is_empty() && !is_municipality(name))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
