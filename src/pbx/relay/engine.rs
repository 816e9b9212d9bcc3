//! The thread's loop.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};
use rtp_rs::RtpReader;

use super::fault::{Faults, Impaired, Route, mix};
use super::handle::Command;
use super::line::Line;
use super::playlist::Playlist;
use super::{PortId, Source};
use crate::media::{Tardiness, be_punctual};
use crate::wire::{Fetcher, stamp_arrivals};

/// Token of the waker; ports use twice their number, and one more for RTCP.
pub(super) const WAKE: Token = Token(usize::MAX);

/// Time between two packets that we play.
const PACE: Duration = Duration::from_millis(20);

/// Time between two sender reports (RFC 3550 §6.2).
const REPORTS: Duration = Duration::from_secs(5);

/// How often packets that a faulty relay delays are looked at.
const GRAIN: Duration = Duration::from_millis(5);

/// Larger than any packet worth relaying.
const MTU: usize = 2048;

/// Runs until told to stop, and takes note of how late this machine lets it.
pub(super) fn run(
    mut poll: Poll,
    orders: &mpsc::Receiver<Command>,
    faults: Faults,
    tardiness: Tardiness,
) {
    be_punctual();
    let mut exchange = Exchange {
        lines: BTreeMap::new(),
        playlist: Playlist::compose(),
        impair: faults.impair(),
        faults,
        fetcher: Fetcher::new(MTU),
        tardiness,
    };
    let mut events = Events::with_capacity(256);
    let delays = exchange.faults.delay();
    let mut due = Instant::now();
    let mut report_due = due + REPORTS;
    loop {
        let playing = exchange.plays();
        let next = if playing { due.min(report_due) } else { report_due };
        let wait = next.saturating_duration_since(Instant::now());
        let wait = if delays { wait.min(GRAIN) } else { wait };
        let timeout = (!exchange.lines.is_empty()).then_some(wait);
        if let Err(error) = poll.poll(&mut events, timeout)
            && error.kind() != std::io::ErrorKind::Interrupted
        {
            tracing::error!(%error, "the media relay cannot wait for packets");
            return;
        }
        // First of all: what was ordered before a packet came holds for it.
        loop {
            match orders.try_recv() {
                Ok(Command::Stop) | Err(mpsc::TryRecvError::Disconnected) => return,
                Ok(command) => exchange.obey(command, &poll),
                Err(mpsc::TryRecvError::Empty) => break,
            }
        }
        exchange.fetcher.look_at_the_clocks();
        for event in &events {
            if event.token() != WAKE {
                exchange.receive(event.token());
            }
        }
        let now = Instant::now();
        if delays {
            exchange.lines.values_mut().for_each(|line| line.flush(now));
        }
        if now >= due {
            if playing {
                exchange.tardiness.note(now - due);
            }
            exchange.play(now);
            // After a pause the grid starts anew instead of catching up: it was nobody's lateness.
            due = if !playing || now - due > 5 * PACE { now + PACE } else { due + PACE };
        }
        if now >= report_due {
            exchange.lines.values_mut().for_each(|line| line.report(now));
            report_due = now + REPORTS;
        }
    }
}

struct Exchange {
    lines: BTreeMap<PortId, Line>,
    playlist: Playlist,
    faults: Faults,
    /// Whether the faults concern single packets.
    impair: bool,
    fetcher: Fetcher,
    tardiness: Tardiness,
}

impl Exchange {
    fn plays(&self) -> bool {
        self.lines.values().any(|line| matches!(line.source, Source::Plays(_) | Source::Stuck))
    }

    fn play(&mut self, now: Instant) {
        for line in self.lines.values_mut() {
            line.play(&self.playlist, now);
        }
    }

    fn obey(&mut self, command: Command, poll: &Poll) {
        match command {
            Command::Open(id, mut media, mut control) => {
                let token = |offset| Token(id.0 as usize * 2 + offset);
                let registry = poll.registry();
                let registered = registry
                    .register(&mut media, token(0), Interest::READABLE)
                    .and_then(|()| registry.register(&mut control, token(1), Interest::READABLE));
                if let Err(error) = registered {
                    tracing::error!(%error, "a media port cannot be watched");
                }
                stamp_arrivals(&media);
                let impaired = self.impair.then(|| Impaired::new(&self.faults, &media));
                self.lines.insert(id, Line::new(media, control, impaired));
            }
            Command::Configure(id, stream) => {
                if let Some(line) = self.lines.get_mut(&id) {
                    line.configure(stream);
                }
            }
            Command::Play(id, source, board) => {
                if let Source::Plays(piece) = source {
                    self.playlist.prepare(piece);
                }
                if let Some(line) = self.lines.get_mut(&id) {
                    line.set_source(source);
                    line.board = board;
                }
                self.connect();
            }
            Command::Close(id) => {
                if let Some(mut line) = self.lines.remove(&id) {
                    let _ = poll.registry().deregister(&mut line.media);
                    let _ = poll.registry().deregister(&mut line.control);
                }
                self.connect();
            }
            Command::Stop => {}
        }
    }

    /// Works out anew who hears whom.
    fn connect(&mut self) {
        let mut routes: Vec<Route> = self
            .lines
            .iter()
            .filter_map(|(&listener, line)| match line.source {
                Source::Port(speaker) => Some(Route { speaker, listener, board: line.board }),
                _ => None,
            })
            .collect();
        let overheard = mix(&mut routes, &self.faults.mixing);
        for line in self.lines.values_mut() {
            line.listeners.clear();
            line.eavesdroppers.clear();
        }
        for route in overheard {
            if let Some(line) = self.lines.get_mut(&route.speaker) {
                line.eavesdroppers.push(route.listener);
            }
        }
        for route in routes {
            if let Some(line) = self.lines.get_mut(&route.speaker) {
                line.listeners.push(route.listener);
            }
        }
    }

    fn receive(&mut self, token: Token) {
        let id = PortId(token.0 as u64 / 2);
        let is_rtp = token.0.is_multiple_of(2);
        loop {
            let Some(line) = self.lines.get(&id) else { return };
            let socket = if is_rtp { &line.media } else { &line.control };
            let fetched = match self.fetcher.fetch(socket) {
                Ok(fetched) => fetched,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                // The ICMP answer to something we sent.
                Err(_) => continue,
            };
            // Our legs are RTP end points of their own: the peers' RTCP ends here.
            if is_rtp {
                let now = Instant::now();
                self.tardiness.note(now.saturating_duration_since(fetched.at));
                self.forward(id, now);
            }
        }
    }

    /// Passes on the packet that was fetched last.
    fn forward(&mut self, from: PortId, now: Instant) {
        let Some(line) = self.lines.get_mut(&from) else { return };
        let Some(datagram) = line.open(self.fetcher.bytes(), now) else { return };
        let Ok(packet) = RtpReader::new(&datagram) else { return };
        let Some(carries) = line.classify(&packet) else { return };
        if self.impair {
            let eavesdroppers = line.eavesdroppers.clone();
            if let Some(line) = self.lines.get_mut(&from) {
                line.hear(carries, &packet);
            }
            for eavesdropper in eavesdroppers {
                if let Some(line) = self.lines.get_mut(&eavesdropper) {
                    line.overhear(carries, &packet);
                }
            }
        }
        let Some(line) = self.lines.get(&from) else { return };
        for index in 0..line.listeners.len() {
            let Some(&listener) = self.lines.get(&from).and_then(|l| l.listeners.get(index)) else {
                return;
            };
            if let Some(line) = self.lines.get_mut(&listener) {
                line.forward(from, carries, &packet, now);
            }
        }
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
