//! Speech of six voices, from espeak-ng.

use super::dice::Dice;
use super::program::{ProgramError, filter, samples_of};
use super::sound::{Sound, at_unit_level, samples};

/// Voice, words a minute, and which of the [`TEXTS`].
const VOICES: [(&str, &str, usize); 6] = [
    ("en-gb", "165", 0),
    ("en-us+f3", "180", 0),
    ("de", "170", 1),
    ("de+f2", "150", 1),
    ("fr+m3", "175", 2),
    ("es+f4", "185", 3),
];

/// Sentences that are read in turns of chance, by language.
const TEXTS: [&[&str]; 4] = [
    &[
        "Thank you for calling. All our people are speaking to others at the moment.",
        "Please hold the line, and the next one who is free will take your call.",
        "Did you know that most questions are answered on our pages?",
        "Your call is number seven in the queue; you will wait about four minutes.",
        "For sales, press one. For deliveries, press two. For everything else, stay with us.",
        "I sent the parcel on Tuesday, but she says that it never came to the office.",
        "Well, it was raining all week, so we sat in the kitchen and played cards.",
        "Shall we meet at half past nine in front of the station, by the big clock?",
        "No, the blue one, with the broken handle; the other is still upstairs.",
        "He asked whether six or sixteen chairs were needed, and nobody could tell.",
    ],
    &[
        "Vielen Dank für Ihren Anruf. Zurzeit sind alle Plätze besetzt.",
        "Bitte bleiben Sie am Apparat, Sie werden gleich verbunden.",
        "Der Zug nach Hamburg fährt heute ausnahmsweise von Gleis acht.",
        "Ich habe die Rechnung schon zweimal geschickt, aber es kam keine Antwort.",
        "Morgen früh um sieben steht der Wagen vor der Tür, wenn nichts dazwischenkommt.",
        "Die Schlüssel liegen in der Schublade links neben dem Fenster.",
        "Könnten Sie das bitte noch einmal langsam buchstabieren?",
    ],
    &[
        "Merci de votre appel. Tous nos conseillers sont en ligne.",
        "Veuillez patienter quelques instants, nous allons prendre votre appel.",
        "Le marché ouvre à huit heures, et le poisson est déjà parti à neuf.",
        "Je vous rappelle demain matin dès que le dossier est complet.",
        "La porte du jardin ne ferme plus depuis que le vent l'a poussée.",
        "Quatre-vingt-douze, c'est le bon numéro, au fond de la cour.",
    ],
    &[
        "Gracias por llamar. En este momento todas las líneas están ocupadas.",
        "No cuelgue, por favor; le atenderemos enseguida.",
        "El autobús de las cinco llegó tarde porque había mucha nieve en el puerto.",
        "Mañana vamos al mercado a comprar naranjas, pan y un poco de queso.",
        "¿Me puede repetir la dirección? No la he entendido bien.",
        "Las ventanas del segundo piso dan a la plaza, y hacen mucho ruido.",
    ],
];

/// Each voice, 8 kHz, at unit level.
#[derive(Debug)]
pub(crate) struct Speech(Vec<Sound>);

impl Speech {
    /// About `sentences` of each voice, from espeak-ng and sox.
    pub(crate) fn spoken(sentences: usize) -> Result<Self, ProgramError> {
        let mut dice = Dice::named("speech", 0);
        let mut voices = Vec::new();
        for (voice, pace, text) in VOICES {
            let text: Vec<&str> = (0..sentences).map(|_| *dice.one_of(TEXTS[text])).collect();
            let arguments = ["-v", voice, "-s", pace, "--stdin", "--stdout"];
            let wav = filter("espeak-ng", &arguments, text.join("\n").as_bytes())?;
            // espeak-ng cannot know the length that it writes into the header.
            let arguments = [
                "--ignore-length",
                "-t",
                "wav",
                "-",
                "-t",
                "raw",
                "-r",
                "8000",
                "-c",
                "1",
                "-e",
                "signed-integer",
                "-b",
                "16",
                "-",
            ];
            let pcm = samples_of(&filter("sox", &arguments, &wav)?);
            voices.push(at_unit_level(pcm.into_iter().map(f32::from).collect()));
        }
        Ok(Self(voices))
    }

    /// One voice for some seconds, at unit level.
    pub(crate) fn one(&self, seconds: f64, dice: &mut Dice) -> Sound {
        let voice = dice.one_of(&self.0);
        let from = dice.below(voice.len());
        at_unit_level(voice.iter().cycle().skip(from).take(samples(seconds)).copied().collect())
    }

    /// All of them talking at once, at unit level.
    pub(crate) fn babble(&self, seconds: f64, dice: &mut Dice) -> Sound {
        let mut sum = vec![0.0; samples(seconds)];
        for voice in &self.0 {
            let from = dice.below(voice.len());
            for (sum, x) in sum.iter_mut().zip(voice.iter().cycle().skip(from)) {
                *sum += x;
            }
        }
        at_unit_level(sum)
    }
}
