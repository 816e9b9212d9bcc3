//! A baresip that speaks a tone and records what it hears, led over its control port.

use std::f64::consts::TAU;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pbxcert::wire::Protocol;

use crate::phones::TONES;
use crate::process::Process;
use crate::site::transport;

/// Longer than anything takes; only a failed test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at a program that tells nothing by itself.
const LOOK: Duration = Duration::from_millis(100);
/// Samples per second.
const RATE: usize = 8000;
/// Size of the header of a WAV file.
const HEADER: usize = 44;

/// What most of a second and a half is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// This tone alone.
    Tone(u32),
    /// Loud, but no tone of the test.
    Other,
}

/// What a phone is told of itself and its PBX.
pub(crate) struct Account<'a> {
    /// Of its own.
    pub(crate) folder: &'a Path,
    pub(crate) pbx: SocketAddr,
    pub(crate) protocol: Protocol,
    /// PEM file of whom it trusts over TLS.
    pub(crate) authority: &'a Path,
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    /// What it says, Hz.
    pub(crate) tone: u32,
    /// More parameters of the account, each with its semicolon.
    pub(crate) parameters: &'a str,
}

impl Account<'_> {
    /// As baresip reads it. It leaves the transport out of addresses that it completes itself, so
    /// that over TCP and TLS the PBX is its outbound proxy as well.
    fn line(&self) -> String {
        let Self { pbx, user, password, parameters, .. } = self;
        let transport = transport(self.protocol);
        let proxy = match self.protocol {
            Protocol::Udp => String::new(),
            Protocol::Tcp | Protocol::Tls => format!(";outbound=\"sip:{pbx}{transport}\""),
        };
        format!(
            "<sip:{user}@{pbx}{transport}>;auth_pass={password};regint=600{proxy}{parameters}\n"
        )
    }
}

pub(crate) struct Baresip {
    process: Process,
    control: TcpStream,
    folder: PathBuf,
}

impl Baresip {
    /// Starts it and waits until it is registered.
    pub(crate) fn start(account: &Account<'_>) -> Self {
        let folder = account.folder;
        std::fs::create_dir_all(folder.join("heard")).unwrap();
        write_tone(&folder.join("voice.wav"), account.tone);
        let own = super::free([127, 0, 0, 73]);
        let control = TcpListener::bind("127.0.0.73:0").unwrap().local_addr().unwrap();
        let here = folder.display();
        let authority = account.authority.display();
        let config = format!(
            "sip_listen {own}\nsip_cafile {authority}\naudio_source aufile,{here}/voice.wav\n\
             audio_player aufile,{here}/played.wav\naudio_alert aufile,{here}/alert.wav\n\
             ausrc_srate 8000\nauplay_srate 8000\naudio_channels 1\n\
             module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\n\
             module srtp.so\nmodule sndfile.so\nsnd_path {here}/heard\nmodule_tmp account.so\n\
             module_app ctrl_tcp.so\nmodule_app menu.so\nctrl_tcp_listen {control}\n"
        );
        std::fs::write(folder.join("config"), config).unwrap();
        std::fs::write(folder.join("accounts"), account.line()).unwrap();
        std::fs::write(folder.join("contacts"), "").unwrap();
        let arguments = ["-f", folder.to_str().unwrap(), "-s"];
        let process = Process::start("baresip", &arguments, &folder.join("log"));
        let control = until("its control port", || TcpStream::connect(control).ok());
        control.set_read_timeout(Some(LOOK)).unwrap();
        let mut phone = Self { process, control, folder: folder.to_owned() };
        phone.wait_for("reginfo", "OK");
        phone
    }

    /// Gives a command and returns what comes back: its answer, and events.
    pub(crate) fn tell(&mut self, command: &str) -> String {
        let (name, parameter) = command.split_once(' ').unwrap_or((command, ""));
        let message = format!(r#"{{"command":"{name}","params":"{parameter}","token":"t"}}"#);
        write!(self.control, "{}:{message},", message.len()).unwrap();
        let mut answer = String::new();
        let mut buffer = [0; 4096];
        let start = Instant::now();
        while !answer.contains("\"response\":true") && start.elapsed() < PATIENCE {
            if let Ok(length) = self.control.read(&mut buffer) {
                answer.push_str(&String::from_utf8_lossy(&buffer[..length]));
            }
        }
        answer
    }

    /// Repeats a command until its answer shows this.
    pub(crate) fn wait_for(&mut self, command: &str, wanted: &str) {
        let start = Instant::now();
        while !self.tell(command).contains(wanted) {
            let log = self.process.output();
            assert!(start.elapsed() < PATIENCE, "no {wanted} in {command}:\n{log}");
            std::thread::sleep(LOOK);
        }
    }

    /// How many RTP packets it has got in its call.
    pub(crate) fn received(&mut self) -> u32 {
        let answer = self.tell("audio_debug");
        let digits = answer.rsplit("rcvd=").next().unwrap_or_default();
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().unwrap_or_else(|_| panic!("no count of packets in {answer}"))
    }

    /// Skips a second, in which what was heard may change, and judges a second and a half.
    pub(crate) fn listens(&self) -> Heard {
        let from = until("its recording", || self.recorded()).len() + 2 * RATE;
        let length = 3 * RATE;
        let enough = |bytes: &Vec<u8>| bytes.len() >= from + length;
        let bytes = until("enough audio", || self.recorded().filter(enough));
        judge(&bytes[from..from + length])
    }

    /// Judges the last half second of a call that has ended.
    pub(crate) fn has_heard(&self) -> Heard {
        let bytes = self.recorded().expect("no recording");
        judge(&bytes[bytes.len().saturating_sub(RATE)..])
    }

    /// Throws away what it heard in calls that have ended.
    pub(crate) fn forgets(&self) {
        let heard = self.folder.join("heard");
        std::fs::remove_dir_all(&heard).unwrap();
        std::fs::create_dir(&heard).unwrap();
    }

    /// What it has heard of its only call since it was started or has forgotten, 16-bit samples.
    fn recorded(&self) -> Option<Vec<u8>> {
        let files = std::fs::read_dir(self.folder.join("heard")).ok()?;
        let mut paths = files.flatten().map(|file| file.path());
        let path = paths.find(|path| path.to_string_lossy().ends_with("-dec.wav"))?;
        // The length within the header is written at the end: the rest is samples.
        let bytes = std::fs::read(path).ok()?;
        bytes.get(HEADER..).map(<[u8]>::to_vec)
    }
}

fn judge(bytes: &[u8]) -> Heard {
    let pairs = bytes.chunks_exact(2);
    let samples: Vec<f64> =
        pairs.map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]]))).collect();
    let count = samples.len() as f64;
    let power = samples.iter().map(|s| s * s).sum::<f64>() / count;
    assert!(power.sqrt() > 300.0, "silence: {} of 32768", power.sqrt());
    let share = |tone: u32| {
        let step = TAU * f64::from(tone) / RATE as f64;
        let (re, im) = samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, s)| {
            let (sin, cos) = (step * n as f64).sin_cos();
            (re + s * cos, im + s * sin)
        });
        2.0 * (re * re + im * im) / (count * count) / power
    };
    let tone = TONES.into_iter().find(|&tone| share(tone) > 0.8);
    tone.map_or(Heard::Other, Heard::Tone)
}

fn write_tone(path: &Path, tone: u32) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).unwrap();
    for n in 0..60 * RATE {
        let phase = TAU * f64::from(tone) * n as f64 / RATE as f64;
        file.write_sample((8000.0 * phase.sin()) as i16).unwrap();
    }
    file.finalize().unwrap();
}

pub(crate) fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited for {what}");
        std::thread::sleep(LOOK);
    }
}
