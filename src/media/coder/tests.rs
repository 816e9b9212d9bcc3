use super::*;
use crate::media::{Codec, Identity, Speaker};

/// What a G.722 encoder and a decoder make late together, samples at 8 kHz.
const BOTH: usize = 34;

fn voice(count: usize) -> Vec<i16> {
    let mut samples = vec![0; count];
    Speaker::new(Identity::of(321)).fill(80_000, &mut samples);
    samples
}

/// Ratio of a sound to what is added to it, dB.
fn snr_db(said: &[i16], heard: &[i16]) -> f64 {
    let power = |of: &mut dyn Iterator<Item = f64>| of.map(|x| x * x).sum::<f64>();
    let error = power(&mut said.iter().zip(heard).map(|(&s, &h)| f64::from(s) - f64::from(h)));
    10.0 * (power(&mut said.iter().map(|&s| f64::from(s))) / error).log10()
}

#[test]
fn g722_keeps_a_voice_and_its_delay_is_known() {
    let said = voice(24_000);
    let heard = Codec::G722.decode(&Codec::G722.encode(&said));
    assert_eq!(heard.len(), said.len());
    let (encoder, decoder) = (Encoder::new(Codec::G722), Decoder::new(Codec::G722));
    assert_eq!(encoder.delay() + decoder.delay(), BOTH as u64);
    // The first half second is for the predictor.
    let later = |by: usize| snr_db(&said[4000..20_000], &heard[4000 + by..20_000 + by]);
    let best = (0..60).max_by(|&a, &b| later(a).total_cmp(&later(b))).unwrap();
    assert_eq!(best, BOTH);
    assert!(later(BOTH) > 30.0, "{:.1} dB", later(BOTH));
}

#[test]
fn packets_of_every_size_are_the_same_stream() {
    let said = voice(8000);
    let whole = Codec::G722.encode(&said);
    for size in [40, 80, 160, 240, 480, 7] {
        let mut encoder = Encoder::new(Codec::G722);
        let packets: Vec<Vec<u8>> =
            said.chunks(size).map(|packet| encoder.encode(packet)).collect();
        assert_eq!(packets.concat(), whole, "{size}");
        let mut decoder = Decoder::new(Codec::G722);
        let heard: Vec<i16> = packets.iter().flat_map(|packet| decoder.decode(packet)).collect();
        assert_eq!(heard, Codec::G722.decode(&whole), "{size}");
    }
}

#[test]
fn a_decoder_finds_back_after_a_loss_and_into_a_stream_under_way() {
    let said = voice(16_000);
    let packets: Vec<Vec<u8>> = Codec::G722.encode(&said).chunks(160).map(<[u8]>::to_vec).collect();
    let mut whole = Decoder::new(Codec::G722);
    let mut holed = Decoder::new(Codec::G722);
    let (mut complete, mut heard) = (Vec::new(), Vec::new());
    for (n, packet) in packets.iter().enumerate() {
        complete.push(whole.decode(packet));
        // Every twentieth is lost, and the first second was never there.
        let lost = n < 50 || n % 20 == 0;
        heard.push(if lost { Vec::new() } else { holed.decode(packet) });
    }
    for n in (60..100).filter(|n| n % 20 >= 10) {
        let snr = snr_db(&complete[n], &heard[n]);
        assert!(snr > 15.0, "packet {n}: {snr:.1} dB");
    }
}

#[test]
fn no_payload_and_no_sound_breaks_a_coder() {
    let mut bits = 1_u32;
    let mut noise = || {
        bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (bits >> 16) as u16
    };
    for &codec in Codec::ALL {
        let (mut encoder, mut decoder) = (Encoder::new(codec), Decoder::new(codec));
        for _ in 0..500 {
            let payload: Vec<u8> = (0..noise() % 400).map(|_| noise() as u8).collect();
            decoder.decode(&payload);
            let loud: Vec<i16> =
                (0..160).map(|_| if noise() % 2 == 0 { i16::MIN } else { i16::MAX }).collect();
            decoder.decode(&encoder.encode(&loud));
            codec.duration(&payload);
        }
        assert!(decoder.decode(&[]).is_empty());
        assert!(encoder.encode(&[]).is_empty());
    }
}

#[test]
fn another_codec_is_another_stream() {
    let mut encoder = Encoder::new(Codec::G722);
    let said = voice(160);
    let first = encoder.encode(&said);
    encoder.turn_to(Codec::G722);
    assert_ne!(encoder.encode(&said), first, "the same stream goes on");
    encoder.turn_to(Codec::Pcma);
    encoder.turn_to(Codec::G722);
    assert_eq!(encoder.encode(&said), first, "a new one begins");
}

#[cfg(feature = "opus")]
#[test]
fn opus_keeps_a_voice_and_says_how_long_it_is() {
    let said = voice(24_000);
    let (mut encoder, mut decoder) = (Encoder::new(Codec::Opus), Decoder::new(Codec::Opus));
    let mut heard = Vec::new();
    for packet in said.chunks(160) {
        let payload = encoder.encode(packet);
        assert_eq!(Codec::Opus.duration(&payload), 960);
        let samples = decoder.decode(&payload);
        assert_eq!(samples.len(), 160);
        heard.extend(samples);
    }
    let later = |by: usize| snr_db(&said[4000..20_000], &heard[4000 + by..20_000 + by]);
    let best = (0..200).max_by(|&a, &b| later(a).total_cmp(&later(b))).unwrap();
    assert_eq!(best as u64, encoder.delay() + decoder.delay(), "{:.1} dB", later(best));
    assert!(later(best) > 20.0, "{:.1} dB", later(best));
    assert!(encoder.encode(&said[..161]).is_empty(), "no frame of Opus is 20.125 ms");
}
