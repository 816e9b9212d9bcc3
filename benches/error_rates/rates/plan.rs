//! Every row that is measured.

use pbxcert::media::Codec;
use pbxcert::record::Cause;

use super::codec::Foreign::{self, Alaw, G722, Gsm, Mulaw, Opus};
use super::distractor::Distractor;
use super::hold::{Held, HoldRow};
use super::music::{KINDS, Music};
use super::path::{Clock, Loss, Path};
use super::row::{Layout, Row};
use super::tones::{BUSY, RINGING, STEADY};

/// Talks, section by section.
pub(crate) fn talks() -> Vec<Row> {
    let mut rows = levels();
    rows.extend(noise());
    rows.extend(codecs_and_loss());
    rows.extend(clocks_and_clipping());
    rows.extend(under_other_sounds());
    rows.extend(two_voices());
    rows.extend(nobody());
    rows
}

fn levels() -> Vec<Row> {
    let row = |dbm0: f64| Row::new("Level", format!("{dbm0} dBm0")).at(dbm0);
    let mut rows: Vec<Row> = [-40.0, -30.0, -16.0, -3.0].into_iter().map(row).collect();
    rows.extend([-40.0, -3.0].map(|dbm0| row(dbm0).last(Codec::Pcmu)));
    rows.extend([-40.0, -16.0, -3.0].map(|dbm0| row(dbm0).via(&[G722])));
    rows
}

fn noise() -> Vec<Row> {
    let row = |sound: Distractor, snr: f64| {
        let noise = if matches!(sound, Distractor::White) { "white" } else { "babble" };
        Row::new("Noise", format!("{noise} noise, SNR {snr} dB")).beside(sound, snr)
    };
    let (white, babble) = (Distractor::White, Distractor::Babble);
    vec![
        row(white, 20.0),
        row(white, 15.0),
        row(white, 15.0).last(Codec::Pcmu),
        row(white, 15.0).via(&[G722]),
        row(white, 10.0),
        row(white, 10.0).via(&[G722]),
        row(babble, 20.0),
        row(babble, 15.0),
        row(babble, 15.0).last(Codec::Pcmu),
        row(babble, 15.0).via(&[G722]),
        row(babble, 10.0),
        row(babble, 10.0).via(&[G722]),
    ]
}

fn codecs_and_loss() -> Vec<Row> {
    let row = |loss: Loss| {
        let name = loss.name().unwrap_or_else(|| "nothing lost".to_owned());
        Row::new("Codecs and loss", name).losing(loss)
    };
    let via = |loss: Loss, codecs: &[Foreign]| {
        let name = loss.name().unwrap_or_else(|| "nothing lost".to_owned());
        Row::new("Codecs and loss", name).via(codecs).losing(loss)
    };
    let mut rows: Vec<Row> = [0.01, 0.02, 0.05, 0.1].map(|share| row(Loss::Random(share))).to_vec();
    rows.push(row(Loss::Random(0.02)).last(Codec::Pcmu));
    rows.push(row(Loss::Bursts(0.02)));
    rows.push(row(Loss::Bursts(0.1)));
    rows.extend([0.02, 0.05, 0.1].map(|share| via(Loss::Random(share), &[G722])));
    rows.push(via(Loss::Bursts(0.02), &[G722]));
    rows.extend([Loss::None, Loss::Random(0.02), Loss::Random(0.1)].map(|loss| via(loss, &[Opus])));
    rows.extend([Loss::None, Loss::Random(0.02), Loss::Random(0.1)].map(|loss| via(loss, &[Gsm])));
    let tandems: [&[Foreign]; 8] = [
        &[Alaw, Mulaw],
        &[Mulaw, G722],
        &[G722, G722],
        &[G722, Opus],
        &[Opus, Opus],
        &[G722, Gsm],
        &[Opus, Gsm],
        &[Gsm, Gsm],
    ];
    rows.extend(tandems.map(|tandem| via(Loss::None, tandem)));
    rows.push(via(Loss::Random(0.02), &[G722, G722]));
    rows.push(via(Loss::Random(0.05), &[Gsm, Opus]));
    rows
}

fn clocks_and_clipping() -> Vec<Row> {
    let clock = |name: &str, clock: Clock| {
        Row::new("Clocks, offset, clipping", name).layout(Layout::Long).clock(clock)
    };
    vec![
        clock("sender's clock 200 ppm fast", Clock::Packets(200.0)),
        clock("sender's clock 200 ppm slow", Clock::Packets(-200.0)),
        clock("sampled anew 200 ppm fast", Clock::Sound(200.0)),
        clock("sampled anew 200 ppm slow", Clock::Sound(-200.0)),
        clock("sampled anew 200 ppm slow", Clock::Sound(-200.0)).via(&[G722]),
        Row::new("Clocks, offset, clipping", "direct current, 5 % of full scale").offset(0.05),
        Row::new("Clocks, offset, clipping", "clipped by 3 dB").at(0.0),
        Row::new("Clocks, offset, clipping", "clipped by 12 dB").at(9.0),
        Row::new("Clocks, offset, clipping", "clipped by 12 dB").at(9.0).via(&[G722]),
    ]
}

fn under_other_sounds() -> Vec<Row> {
    let row = |name: &str, sound: Distractor, below: f64| {
        Row::new("With other sounds", format!("{name}, {below} dB below")).beside(sound, below)
    };
    let (speech, music) = (Distractor::Speech, Distractor::AnyMusic);
    let mut rows = Vec::new();
    for (name, sound) in [
        ("speech", speech),
        ("music", music),
        ("digits", Distractor::Digits),
        ("call progress", Distractor::Progress),
    ] {
        rows.push(row(name, sound, 15.0));
        rows.push(row(name, sound, 6.0));
    }
    rows.push(row("speech", speech, 15.0).via(&[G722]));
    rows.push(row("music", music, 15.0).via(&[G722]));
    rows.push(row("music, 2 % loss", music, 15.0).losing(Loss::Random(0.02)));
    rows.push(row("speech", speech, 0.0));
    rows.push(row("music", music, 0.0));
    rows.push(row("speech", speech, 10.0).via(&[Opus]));
    rows.push(row("music", music, 10.0).via(&[Gsm]));
    rows
}

fn two_voices() -> Vec<Row> {
    let row = |name: &str, layout: Layout| Row::new("Two voices", name).layout(layout);
    let mut rows = Vec::new();
    for louder in [0.0, -6.0] {
        let name = format!("crossed: a stranger {:.0} dB below", 0.0 - louder);
        rows.push(row(&name, Layout::Crossed(louder)));
        rows.push(row(&name, Layout::Crossed(louder)).via(&[G722]));
    }
    rows.push(row("crossed: a stranger 0 dB below", Layout::Crossed(0.0)).via(&[Opus]));
    rows.push(row("one's own echo, 20 dB below", Layout::Echo(-20.0)));
    rows.push(row("one's own echo, 20 dB below", Layout::Echo(-20.0)).via(&[G722]));
    rows
}

fn nobody() -> Vec<Row> {
    let row = |name: &str, sound: Distractor| {
        Row::new("Nobody speaks", name).layout(Layout::Nobody).beside(sound, 0.0)
    };
    let mut rows = vec![
        row("white noise", Distractor::White),
        row("babble noise", Distractor::Babble),
        row("speech", Distractor::Speech),
        row("digits", Distractor::Digits),
        row("call progress", Distractor::Progress),
    ];
    rows.extend(KINDS.map(|kind| row(of_kind(kind), Distractor::Music(kind))));
    rows.extend([
        row("announcement over music", Distractor::AnnouncementOverMusic),
        row("speech", Distractor::Speech).via(&[G722]),
        row("music", Distractor::AnyMusic).via(&[G722]),
        row("music, 2 % loss", Distractor::AnyMusic).losing(Loss::Random(0.02)),
        row("speech", Distractor::Speech).via(&[Gsm]),
        row("music", Distractor::AnyMusic).via(&[Gsm]),
        row("music", Distractor::AnyMusic).via(&[Opus]),
    ]);
    rows
}

const fn of_kind(kind: Music) -> &'static str {
    match kind {
        Music::Guitar => "music: guitar",
        Music::Flute => "music: flute",
        Music::Strings => "music: strings",
        Music::Band => "music: band",
        Music::Chimes => "music: music box",
        Music::Arcade => "music: arcade",
    }
}

const PASS: &[Option<Cause>] = &[None];
const RINGBACK: &[Option<Cause>] = &[Some(Cause::HoldRingback)];
const NOISE: &[Option<Cause>] = &[Some(Cause::HoldNoise)];
const SILENT: &[Option<Cause>] = &[Some(Cause::HoldSilent)];
const TONE: &[Option<Cause>] = &[Some(Cause::HoldTone)];
const LEAK: &[Option<Cause>] = &[Some(Cause::HoldLeaksAudio)];

/// Holds: each over A-law; the common ones over other paths too.
pub(crate) fn holds() -> Vec<HoldRow> {
    let row = |name: &str, held: Held, right: &'static [Option<Cause>]| HoldRow {
        name: name.to_owned(),
        held,
        right,
        path: Path::default(),
    };
    let loud = |sound: Distractor| Held::Sound(sound, -32.0, -10.0);
    let mut rows: Vec<HoldRow> =
        KINDS.map(|kind| row(of_kind(kind), loud(Distractor::Music(kind)), PASS)).to_vec();
    rows.extend([
        row("announcement over music", loud(Distractor::AnnouncementOverMusic), PASS),
        row("silence", Held::Silence, SILENT),
        row("comfort noise below -50 dBm0", Held::Sound(Distractor::White, -65.0, -55.0), SILENT),
        row("steady tone", loud(Distractor::Cadence(&STEADY)), TONE),
        row("the holder's voice 10 dB below music", Held::HolderUnderMusic(10.0), LEAK),
        row("one's own voice", Held::Own(-26.0), LEAK),
    ]);
    let common = [
        row("music of any kind", loud(Distractor::AnyMusic), PASS),
        row("announcement", loud(Distractor::Speech), PASS),
        row("comfort noise", Held::Sound(Distractor::Coloured, -45.0, -32.0), NOISE),
        row("white noise", Held::Sound(Distractor::White, -45.0, -20.0), NOISE),
        row("ringback", Held::Sound(Distractor::Cadence(&RINGING), -25.0, -10.0), RINGBACK),
        row("busy tone", Held::Sound(Distractor::Cadence(&BUSY), -25.0, -10.0), RINGBACK),
        row("the holder's voice", Held::Holder(-26.0), LEAK),
    ];
    let lossy = Path { loss: Loss::Random(0.02), ..Path::default() };
    let via = |codec: Foreign| Path { codecs: vec![(codec, Loss::None)], ..Path::default() };
    for path in [Path::default(), lossy, via(G722), via(Opus), via(Gsm)] {
        rows.extend(common.iter().map(|row| HoldRow { path: path.clone(), ..row.clone() }));
    }
    rows
}
