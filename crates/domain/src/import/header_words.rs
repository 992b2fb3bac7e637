//! What headers call each field, in Finnish, Swedish and English.

use super::field::Field;

/// Folded (small letters, no diacritics), without spaces and punctuation. Kept by hand in short lines: one word a line would
/// hide the table.
#[rustfmt::skip]
pub(super) const SYNONYMS: &[(Field, &[&str])] = &[
    (Field::Name, &[
        "nimi", "kokonimi", "konimi", "nimet", "henkilo", "henkilonnimi", "jasen", "jasenennimi",
        "asukkaannimi", "omistajannimi", "namn", "fullname", "name", "helanamn", "medlem", "sukunimijaetunimi",
        "sukunimietunimi", "etunimijasukunimi", "etunimisukunimi", "etujasukunimi", "sukujaetunimi",
        "forochefternamn", "efternamnochfornamn", "personname", "contact", "contactname", "yhteyshenkilo"
    ]),
    (Field::FirstName, &[
        "etunimi", "etunimet", "kutsumanimi", "enimi", "fornamn", "tilltalsnamn", "firstname", "givenname",
        "forename", "first", "fname"
    ]),
    (Field::LastName, &[
        "sukunimi", "snimi", "efternamn", "slaktnamn", "lastname", "surname", "familyname", "last", "lname"
    ]),
    (Field::AlternativeName, &[
        "toinennimi", "aiempinimi", "entinennimi", "entinensukunimi", "tyttonimi", "omaasukua", "flicknamn",
        "tidigarenamn", "alternativename", "maidenname", "formername", "lempinimi", "nickname", "smeknamn"
    ]),
    (Field::OrganisationName, &[
        "yritys", "yrityksennimi", "organisaatio", "organisaationnimi", "yhteiso", "yhteisonnimi", "yhtio",
        "toiminimi", "tyonantaja", "foretag", "foretagsnamn", "organisation", "bolag", "company", "companyname",
        "organization", "organisationname", "firma", "yhdistys"
    ]),
    (Field::BusinessId, &[
        "ytunnus", "yritystunnus", "yhteisotunnus", "lytunnus", "fonummer", "foretagsnummer", "businessid",
        "vatnumber", "alvtunnus", "orgnr"
    ]),
    (Field::Email, &[
        "sahkoposti", "sahkopostiosoite", "sposti", "spostiosoite", "email", "emailosoite", "emailaddress",
        "mail", "epost", "epostadress", "meili", "maili", "eposti", "emailadress", "sahkop"
    ]),
    (Field::Phone, &[
        "puhelin", "puh", "puhnro", "puhelinnumero", "puhelinnro", "gsm", "gsmnumero", "matkapuhelin",
        "matkapuhelinnumero", "kannykka", "kannykkanumero", "kotipuhelin", "tyopuhelin", "puhkoti", "puhtyo",
        "telefon", "telefonnummer", "tel", "telnr", "tfn", "mobil", "mobiltelefon", "mobilnummer", "hemtelefon",
        "phone", "phonenumber", "telephone", "mobile", "mobilephone", "mobilenumber", "cell", "cellphone",
        "homephone", "workphone", "puhelinno", "matkapuh", "mpuh"
    ]),
    (Field::Street, &[
        "katuosoite", "lahiosoite", "katu", "kotiosoite", "jakeluosoite", "gatuadress", "gata", "naradress",
        "utdelningsadress", "hemadress", "street", "streetaddress", "addressline1", "address1", "osoite1",
        "gatuaddress"
    ]),
    (Field::PostalCode, &[
        "postinumero", "postinro", "postino", "pno", "pnro", "ptnro", "postnummer", "postnr", "zip", "zipcode",
        "postalcode", "postcode", "postinumerojapaikka", "postinumerojapostitoimipaikka", "postinumeroja",
        "postnrochort", "postnummerochort"
    ]),
    (Field::City, &[
        "postitoimipaikka", "ptp", "postitmp", "ptoimipaikka", "toimipaikka", "postipaikka", "kaupunki",
        "paikkakunta", "asuinpaikka", "postort", "ort", "stad", "postanstalt", "city", "town", "posttown",
        "postikonttori"
    ]),
    (Field::Address, &[
        "osoite", "postiosoite", "osoitetiedot", "taysosoite", "adress", "postadress", "address",
        "postaladdress", "mailingaddress", "fulladdress"
    ]),
    (Field::Country, &[
        "maa", "maakoodi", "land", "landskod", "country", "countrycode"
    ]),
    (Field::Flat, &[
        "huoneisto", "huoneistonumero", "huoneistonro", "huoneistotunnus", "huoneistonnumero", "asunto",
        "asuntonumero", "asunnonnumero", "asuntonro", "asnro", "asno", "hnro", "huonnro", "huoneistot",
        "lagenhet", "lagenhetsnummer", "lght", "lgh", "lghnr", "bostad", "bostadsnummer", "apartment",
        "apartmentnumber", "flat", "flatnumber", "apt", "unit", "aptno", "porrasjaasunto", "rappujaasunto", "porrasasunto"
    ]),
    (Field::BirthDate, &[
        "syntymaaika", "syntymapaiva", "syntaika", "syntpv", "syntpvm", "syntymapvm", "syntaik", "saika",
        "synt", "syntynyt", "fodelsedatum", "fodd", "foddatum", "fodelsetid", "fodelsedag", "dateofbirth",
        "birthdate", "birthday", "dob", "born"
    ]),
    (Field::IdentityCode, &[
        "henkilotunnus", "hetu", "sotu", "sosiaaliturvatunnus", "htunnus", "personbeteckning", "personnummer",
        "socialskyddssignum", "identitycode", "personalidentitycode", "ssn", "personalid", "nationalid",
        "henkilotunnukset"
    ]),
    (Field::Domicile, &[
        "kotipaikka", "kotikunta", "asuinkunta", "kunta", "kotipaikkakunta", "hemort", "hemkommun", "kommun",
        "domicile", "municipality", "homemunicipality", "placeofresidence"
    ]),
    (Field::Language, &[
        "kieli", "aidinkieli", "asiointikieli", "palvelukieli", "sprak", "modersmal", "kontaktsprak",
        "language", "mothertongue", "lang"
    ]),
    (Field::Number, &[
        "jasennumero", "jasennro", "jasenno", "jnro", "asiakasnumero", "asiakasnro", "asiakasno",
        "asiakastunnus", "jasentunnus", "medlemsnummer", "medlemsnr", "kundnummer", "kundnr", "membernumber",
        "memberno", "memberid", "membershipnumber", "customernumber", "customerno", "customerid", "id",
        "tunnus", "numero", "nro"
    ]),
    (Field::RoleName, &[
        "rooli", "roolit", "sidosryhma", "sidosryhmat", "asema", "jasenlaji", "jasentyyppi", "jasenyystyyppi",
        "suhde", "roll", "intressentgrupp", "medlemstyp", "medlemskategori", "role", "roles", "membershiptype",
        "membertype", "stakeholder", "tehtava", "luottamustoimi", "tyyppi", "laji"
    ]),
    (Field::RoleFrom, &[
        "alkaen", "alkupvm", "alku", "alkupaiva", "muuttopaiva", "sisaanmuutto", "sisaanmuuttopaiva",
        "liittymispaiva", "liittymispvm", "liittynyt", "jasenalkaen", "jasenyysalkanut", "omistusalkaen",
        "omistanutalkaen", "saanto", "saantopaiva", "fran", "franochmed", "borjan", "startdatum", "inflyttning",
        "intradesdatum", "medlemsedan", "from", "startdate", "start", "joined", "joindate", "membersince",
        "movein", "moveindate", "validfrom", "muuttopvm"
    ]),
    (Field::RoleTo, &[
        "asti", "saakka", "loppu", "loppupvm", "loppupaiva", "paattyy", "paattynyt", "poismuutto",
        "poismuuttopaiva", "eronnut", "eropaiva", "eropvm", "till", "tillochmed", "slutdatum", "utflyttning",
        "uttrade", "uttradesdatum", "to", "until", "enddate", "end", "leftdate", "moveout", "moveoutdate",
        "validto", "resigned"
    ]),
    (Field::Group, &[
        "ryhma", "ryhmat", "jaosto", "toimikunta", "tiimi", "joukkue", "grupp", "sektion", "utskott", "lag",
        "group", "groups", "team", "section", "committee"
    ]),
    (Field::NonDisclosure, &[
        "turvakielto", "sparrmarkering", "sparrmarkerad", "nondisclosure", "nondisclosureorder",
        "salaisettiedot", "osoitekielto", "luovutuskielto"
    ]),
    (Field::Deceased, &[
        "kuollut", "kuolinpaiva", "kuolinpvm", "kuolinaika", "edesmennyt", "avliden", "dod", "dodsdatum",
        "deceased", "dateofdeath", "died"
    ]),
    (Field::AwayUntil, &[
        "poissa", "poissaasti", "poissasaakka", "bortatill", "borta", "franvarande", "awayuntil", "away",
        "absentuntil"
    ]),
    (Field::Notes, &[
        "muistiinpanot", "muistiinpano", "huom", "huomautus", "huomautukset", "huomioita", "huomio",
        "lisatiedot", "lisatieto", "lisatietoja", "muuta", "kommentti", "kommentit", "selite", "anmarkning",
        "anmarkningar", "anm", "ovrigt", "noteringar", "anteckningar", "kommentar", "notes", "note", "remarks",
        "remark", "comment", "comments", "additionalinformation", "info", "memo"
    ]),
];

/// Words that mean their field only where they stand alone: bank accounts, references and doors have numbers too.
pub(super) const ALONE: &[&str] = &[
    "numero", "nro", "tunnus", "id", "tyyppi", "laji", "from", "to", "start", "end", "unit",
];

/// What a column of stairwells is called that stands beside one of flats.
pub(super) const STAIRWELLS: &[&str] = &[
    "porras",
    "rappu",
    "trappa",
    "trapphus",
    "uppgang",
    "stairwell",
    "staircase",
    "entrance",
];

/// What a column of running numbers may be called; it may also hold member numbers.
pub(super) const RUNNING: &[&str] = &[
    "nro",
    "nr",
    "no",
    "numero",
    "num",
    "jarjestysnumero",
    "rivi",
    "rivinro",
    "id",
];
