//! First names common in Finland, enough of them to tell which end of "Meikäläinen Matti" is which.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Finnish and Finland-Swedish first names of people living today, in small letters.
const FIRST_NAMES: &str = "
aada aaro aaron aatos aatu adam adele agneta ahti ahmed aija aili aimo aino airi akseli aki aku albert aleksanteri aleksander aleksandra aleksi
alex alexander alexandra alfred ali alice alina alisa allan alli alma amalia amanda anders andreas anette anita anitta anja anna anna-liisa
anna-maija anne anneli annette anni annika annikki annukka anssi anselmi antero anton antti anu anja arja armas arne aron arto arttu arttur
artturi arvi arvo asko asta atte aune auli aulis auri aurora axel barbro bengt benjamin berit bertil birgit birgitta bjarne bjorn björn bo
börje boris brita britt-marie camilla carina carita carl carl-gustav carola caroline cecilia celia charlotta christa christer christian christina
christoffer daniel david dick edit edvard edvin eemeli eemil eero eerik eerika eerikki eeva eeva-liisa eevi eija eila eili eino eira eivor elias
elena eliel elin elina elisa elisabet elisabeth ella ellen elli elma elmeri elmo elsa elsi elvi emil emilia emma emmi ensio enni erik erika erja
erkka erkki erno ernst essi ester esa eskil esko eva eveliina eve evert fanni fatima felix frans fredrik frida gabriel georg gerd gun gunilla
gunnar gunnel gun-britt gustav göran göta hanna hanna-leena hannah hannaleena hanne hannele hannes hannu hans harald harri harriet harry hassan heidi heikki
heini heino helena helga helge heli helinä hellin helmi helmer helvi henna henri henriikka henrik henry herman hertta hilda hilja hilkka hillevi
hilma hugo håkan ida iida iina iines iiris iiro iisa iivari ilari ilkka ilma ilmari ilona ilpo ilse ilta ilveskero impi inari inga inger
ingegerd ingela ingmar ingrid inka inkeri ina irene iris irina irja irma irmeli isabella isak isla isto ivan jaakkima jaakko jaana jaakob jaana jalmari
jan jan-erik jani janika janina janita janne jarkko jari jarmo jarno jasmin jatta jaakoppi jenna jenni jennifer jenny jere jeremias jesse jessica joakim joel johan
johanna johannes john jon jonas jonathan jonna joona joonas joonatan jooseppi jorma josefiina jouko jouni jousia juha juha-matti juha-pekka juhana
juhani juho jukka jukka-pekka julia julius juliana juni jussi juuso juulia jyri jyrki jyrkki jörgen kaapo kaarina kaarlo kai kaija kaino kaisa kaisu kaj kalervo
kalevi kalle karen kari karin karina karl karla karoliina kasper kasperi kasimir kati katja katariina katri katriina kauko kauno keijo kerttu kerstin
kerttuli kimi kim kimmo kirsi kirsti kirsikka kjell klaus klas konsta kristian kristiina kristina kristoffer krister kullervo kustaa kyllikki kyösti
laila lars lari lasse laura lauri lea leea leena lempi lenita lena leif leila leevi leni lennart leo leon leopold liina liisa liisi lilja lilian lilli linda
linnea linus lisa lisbeth loviisa lotta louise lucas luca ludvig luka lukas lyyli lyydia maaret maarit maija maija-liisa maija-leena maiju mailis maini maire
malin manu marcus margareta margaretha margit mari maria marianne marie marika mariia marika marina marita maritta marja marja-leena marja-liisa marja-terttu
marjaana marjatta marjo marjukka marjut marketta markku marko markus martin martina martta martti marvin mathias matias matilda mats matteus matti mauno maunu
mauri mea meeri meri merja mervi mia michael miia miika mika mikael mikaela mikko milja milla milka milo mimmi minea minna minttu mira mirella mirja mirjami
mirka mirva mohamed moona monica monika mona nadja natalia nea nella nelli netta nestori nicklas niclas nico nicole niila niilo niina niki niko nikolai nils nina noah noel noora
nooa oili oiva olavi ole olga oliver olivia olli ollipekka onerva onni orvokki oona oskar oskari ossi osmo otso otto outi ove paavo paula pasi patricia patrick patrik
paul pauli pauliina peetu pekka pekko pentti per per-erik perttu pertti peter petra petri petter petteri pia piia pilvi pinja pirita piritta pirjo pirkko pirkko-liisa pyry päivi
päivikki raija raili raimo rainer raine raisa rami raita rasmus rauha rauli rauno rea rebecka reetta regina reijo reima reino rene riikka riina riitta riitta-liisa
riku rita ritva ritva-liisa robert robin roger roland rolf roni ronja roope rosa rose-marie ruben rudolf runar ruut sakari saana saara saga saija saila saimi salla salli salme sami samu
samuel samuli sandra sanelma sanna sanni santeri santtu sara sari sarita sasu satu saul sauli sebastian selma senni seppo sergei severi signe sigrid siiri silja silva simo simon sini sinikka sirja
sirkka sirkka-liisa sirke sirpa siv sisko sofia solveig sonja stefan stella sten stig stina suoma suvi sulo sulho susan susanna susanne svante svea sven svetlana sylvi synnöve sylvia sören taimi taina taisto taito tage
taneli tanja tapani tapio taru tatiana tatjana tatu tauno teemu teea teija telma tellervo teppo tero terhi terttu tessa thomas tiia tiina tiina-maria tilda timo timi timjami tiitus tini toini tom tomas tomi tommi tommy toivo
topi topias torbjörn tor tore torsten torsti touko tove tuija tuire tuomas tuomo tuovi tuukka tuula tuulia tuulikki tytti tyyne ulf ulla ulla-maija ulrika uolevi urho urpo uuno vappu valdemar valentin valtteri valto vanessa veera veijo veikko veini
veli veli-matti veli-pekka venla vera verna vernertti verneri veronica vesa vieno viivi viktor viktoria vilho vilhelmiina vili vilja viljami viljo ville ville-veikko vilma vincent virpi virva virve vivian vladimir vuokko väinö william yngve yrjö ylva
åke åsa äli östen";

/// True for a known first name, or a double one ("Marja-Liisa") whose first half is known. Case does not matter.
pub(super) fn is_first_name(word: &str) -> bool {
    static NAMES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| FIRST_NAMES.split_whitespace().collect());
    let lower = word.to_lowercase();
    names.contains(lower.as_str())
        || lower
            .split_once('-')
            .is_some_and(|(first, _)| names.contains(first))
}

#[cfg(test)]
mod tests {
    use super::is_first_name;

    #[test]
    fn knows_names_and_not_surnames() {
        for name in ["Matti", "MAIJA", "marja-liisa", "Göran", "Väinö", "Anna-Stina"] {
            assert!(is_first_name(name), "{name}");
        }
        for name in ["Meikäläinen", "Virtanen", "Lindqvist", "", "-"] {
            assert!(!is_first_name(name), "{name}");
        }
    }
}
