//! From the figures of windows to what was heard, with hindsight.
//!
//! A window is published only when nothing about it can change any more: an identity
//! counts after five windows in a row, tones may turn out to be an identity once
//! three symbols were heard, and a burst of 425 Hz is busy or ringing by its length.

use std::collections::VecDeque;

use super::acquire::{Acquisition, Candidates, Found, WINDOWS_PER_SYMBOL};
use super::features::{Features, has_pair};
use super::lock::{LATELY, Lock, Part, Present};
use super::onset::{Known, LEAST_RUN, Onset, onset};
use super::pending::Pending;
use super::shape::SILENCE_DBM0;
use super::sound::Classifier;
use crate::media::codec::RATE;
use crate::media::identity::Identity;
use crate::record::{Heard, Sound, Window};

/// Windows after which a window is final unless something about it is open.
const LAG: usize = LEAST_RUN + 1;

/// Windows after which it is final even with unexplained tones, and if an identity is
/// about to be found or a tone stands still.
const MAX_LAG: usize = 27;
const MAX_LAG_WARM: usize = 52;

/// Share of a window's energy in unexplained tones for which it is worth waiting.
const WORTH_WAITING: f32 = 0.05;

/// Windows without RTP after which who spoke before them is still known (1 s).
const JUST_BEFORE: u64 = 31;

/// Windows within which an identity begins again by two symbols (0.25 s): after longer, tones of
/// chatter or of a call's progress pass for them.
const AGAIN: u64 = 8;

/// Share of a window that RTP must have covered for all of it to have arrived.
const COVERED: f32 = 0.99;

/// Windows before the one in which a voice is back that may be its own as well (0.1 s).
const FOOTING: usize = 3;

/// Identities followed at once; more than any leg should hear.
const MAX_LOCKS: usize = 8;

/// Everything that is remembered of the windows so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hearing {
    pending: VecDeque<Pending>,
    /// Number of the newest window, counted from 1.
    newest: u64,
    recent: VecDeque<Candidates>,
    acquisition: Acquisition,
    locks: Vec<Lock>,
    /// What the last published window heard, or before it those that did not arrive.
    confirmed: Vec<Heard>,
    classifier: Classifier,
    finished: Vec<Window>,
}

impl Hearing {
    pub(crate) fn take(&mut self) -> Vec<Window> {
        std::mem::take(&mut self.finished)
    }

    pub(crate) fn finish(&mut self) {
        while !self.pending.is_empty() {
            self.publish();
        }
    }

    pub(crate) fn push(&mut self, features: Features) {
        self.newest += 1;
        let arrived = features.covered >= COVERED;
        let mut window = Pending::new(features, arrived);
        self.follow(&mut window);
        self.recent.push_back(Candidates::of(&window.features, window.claimed()));
        if self.recent.len() > 2 * WINDOWS_PER_SYMBOL + 1 {
            self.recent.pop_front();
        }
        let centre = window.features.centre;
        self.pending.push_back(window);
        self.acquire(centre);
        while self.is_final() {
            self.publish();
        }
    }

    /// Looks for the known identities in the newest window: those heard just before
    /// come first and claim their tones.
    fn follow(&mut self, window: &mut Pending) {
        if window.features.faint == 0 {
            self.locks.iter_mut().for_each(Lock::miss);
            return;
        }
        self.locks.sort_by_key(|lock| std::cmp::Reverse((lock.run, lock.last_seen)));
        let mut found = Vec::new();
        for (n, lock) in self.locks.iter_mut().enumerate() {
            let (claimed, explained) = (window.claimed(), window.explained());
            match lock.find(&window.features, claimed, explained, self.newest) {
                Some(mut present) => {
                    if present.run == 1 {
                        present.run += look_back(&mut self.pending, lock, self.newest);
                    }
                    window.present.push(present);
                    found.push(n);
                }
                None => lock.miss(),
            }
        }
        let residual = window.residual();
        for (present, n) in window.present.iter_mut().zip(found) {
            self.locks[n].follow(present, &window.features, residual, self.newest);
        }
    }

    fn acquire(&mut self, centre: u64) {
        let newest = self.recent.len() - 1;
        let Some(first) = newest.checked_sub(2 * WINDOWS_PER_SYMBOL) else { return };
        let three = [first, first + WINDOWS_PER_SYMBOL, newest].map(|n| &self.recent[n]);
        self.acquisition.vote(self.newest, centre, three);
        while let Some(found) = self.acquisition.found() {
            self.lock(&found);
        }
    }

    /// Follows a found identity from now on and, with hindsight, through the windows
    /// that are not yet final.
    fn lock(&mut self, found: &Found) {
        let known = self.locks.iter().position(|lock| lock.identity == found.identity);
        let heard = known.and_then(|n| self.locks.swap_remove(n).heard);
        if self.locks.len() == MAX_LOCKS {
            self.locks.sort_by_key(|lock| std::cmp::Reverse(lock.last_seen));
            self.locks.pop();
        }
        let delay = self.best_delay(found);
        let mut lock = Lock::new(found.identity, delay as f32, self.newest);
        lock.heard = heard;
        let oldest = self.newest + 1 - self.pending.len() as u64;
        for (n, window) in self.pending.iter_mut().enumerate() {
            window.present.retain(|present| present.identity != found.identity);
            let (claimed, explained) = (window.claimed(), window.explained());
            let number = oldest + n as u64;
            let Some(mut present) = lock.find(&window.features, claimed, explained, number) else {
                lock.miss();
                continue;
            };
            let energy = window.features.energy(present.tones & !claimed);
            let residual = (window.features.power - explained - energy).max(0.0);
            lock.follow(&mut present, &window.features, residual, number);
            window.present.push(present);
        }
        // What was collected for anybody else rested on the same tones in part.
        self.acquisition.clear();
        let claims = self.pending.iter().rev().map(Pending::claimed);
        for (candidates, (window, claimed)) in
            self.recent.iter_mut().rev().zip(self.pending.iter().rev().zip(claims))
        {
            *candidates = Candidates::of(&window.features, claimed);
        }
        self.locks.push(lock);
        self.retract_borrowed(found.identity);
    }

    /// Takes back who seemed to come again with nothing but the tones of `who`, who was found
    /// meanwhile: where their words coincide, a voice that has ended is matched by the next one.
    fn retract_borrowed(&mut self, who: Identity) {
        for lock in self.locks.iter_mut().filter(|lock| lock.identity != who) {
            let told: Vec<Option<(u32, bool)>> = (self.pending.iter())
                .map(|window| (window.find(lock.identity), window.borrows(lock.identity, who)))
                .map(|(present, borrowed)| present.map(|present| (present.run, borrowed)))
                .collect();
            let mut end = 0;
            for stretch in told.chunk_by(|a, b| a.is_some() == b.is_some()) {
                let begin = end;
                end += stretch.len();
                // One that goes back to before the oldest window may have begun with its own.
                let came_again = matches!(stretch, [Some((1, _)), ..]);
                if !came_again || stretch.iter().flatten().any(|(_, borrowed)| !borrowed) {
                    continue;
                }
                for window in self.pending.range_mut(begin..end) {
                    window.present.retain(|present| present.identity != lock.identity);
                }
                if end == told.len() {
                    lock.give_up();
                }
            }
        }
    }

    /// The delay under which the identity explains most of what was heard.
    fn best_delay(&self, found: &Found) -> i64 {
        let (low, high) = found.delays;
        let score = |delay: i64| -> f32 {
            let share = |w: &Pending| Lock::share_at(found.identity, delay, &w.features);
            self.pending.iter().map(share).sum()
        };
        let steps = (low - 256..high + 256).step_by(64);
        let scores: Vec<(i64, f32)> = steps.map(|delay| (delay, score(delay))).collect();
        let best = scores.iter().map(|(_, score)| *score).fold(0.0, f32::max);
        // Neighbouring delays tie: the middle of the best ones is the likeliest.
        let ties: Vec<i64> = scores.iter().filter(|s| s.1 >= 0.999 * best).map(|s| s.0).collect();
        ties.get(ties.len() / 2).copied().unwrap_or(i64::midpoint(low, high))
    }

    fn is_final(&self) -> bool {
        let Some(first) = self.pending.front() else { return false };
        let age = self.pending.len() - 1;
        if age < LAG {
            return false;
        }
        let unexplained = first.features.peaks & !first.claimed();
        let much = first.features.energy(unexplained) > WORTH_WAITING * first.features.power;
        let patience = if self.acquisition.is_warm() { MAX_LAG_WARM } else { MAX_LAG };
        if much && has_pair(first.features.peaks) && age < patience {
            return false;
        }
        let open = |present: &Present| {
            !self.goes_on(present) && self.onset(present.identity) == Onset::Open
        };
        if age < MAX_LAG_WARM && first.present.iter().any(open) {
            return false;
        }
        !(first.present.is_empty() && self.classifier.is_open(&self.pending) && age < MAX_LAG_WARM)
    }

    fn publish(&mut self) {
        let heard = self.debounced();
        let sound = self.classifier.classify(&self.pending, !heard.is_empty());
        let Some(first) = self.pending.pop_front() else { return };
        let sound = match sound {
            _ if first.features.covered <= 0.0 => Sound::NoRtp,
            _ if !heard.is_empty() => Sound::Identity,
            _ if first.features.level <= SILENCE_DBM0 => Sound::Silence,
            other => other,
        };
        self.remember(&heard, first.arrived);
        self.finished.push(Window {
            at: first.features.centre as f64 / f64::from(RATE),
            level_dbm0: first.features.level,
            sound,
            heard,
        });
    }

    /// Takes note of what the window that is being published hears.
    fn remember(&mut self, heard: &[Heard], arrived: bool) {
        let number = self.newest - self.pending.len() as u64;
        for lock in &mut self.locks {
            if heard.iter().any(|heard| heard.identity == lock.identity.number()) {
                lock.heard = Some(number);
            }
        }
        if arrived {
            self.confirmed.clear();
        }
        // A window that did not arrive says nothing of those who spoke before it.
        self.confirmed.retain(|before| {
            let who = Identity::of(before.identity);
            let is_told = heard.iter().any(|heard| heard.identity == before.identity);
            let lock = self.locks.iter().find(|lock| lock.identity == who);
            !is_told && lock.is_some_and(|lock| lock.was_heard_since(number, JUST_BEFORE))
        });
        self.confirmed.extend(heard);
    }

    /// Whether the identity begins in the oldest window.
    fn onset(&self, who: Identity) -> Onset {
        let oldest = self.newest + 1 - self.pending.len() as u64;
        let lock = self.locks.iter().find(|lock| lock.identity == who);
        let heard_within = |windows| lock.is_some_and(|lock| lock.was_heard_since(oldest, windows));
        let known = match () {
            () if heard_within(AGAIN) => Known::Again,
            () if heard_within(LATELY) => Known::Lately,
            () => Known::No,
        };
        onset(&self.pending, who, known)
    }

    /// Whether the window before the oldest heard the identity.
    fn knows(&self, who: Identity) -> bool {
        self.confirmed.iter().any(|heard| heard.identity == who.number())
    }

    /// Whether an identity in the oldest window was heard in the one before, and is there or only
    /// missing here.
    fn goes_on(&self, present: &Present) -> bool {
        let who = present.identity;
        self.knows(who) && (present.part != Part::Footing || self.is_in_the_next(who))
    }

    /// Whether both windows after the oldest hold the identity.
    fn is_in_the_next(&self, who: Identity) -> bool {
        let holds = |n| self.pending.get(n).is_some_and(|window| window.holds(who));
        holds(1) && holds(2)
    }

    /// The identities of the oldest window that begin there for certain, or that were heard
    /// just before and are only missing here.
    fn debounced(&self) -> Vec<Heard> {
        let Some(first) = self.pending.front() else { return Vec::new() };
        let mut heard: Vec<(f32, Heard)> = Vec::new();
        for present in &first.present {
            let who = present.identity;
            if self.goes_on(present) || self.onset(who) == Onset::Certain {
                heard.push((
                    present.energy,
                    Heard {
                        identity: who.number(),
                        snr_db: present.snr_db,
                        delay_ms: Some(present.delay * 1000.0 / RATE as f32),
                    },
                ));
            }
        }
        for before in &self.confirmed {
            let who = Identity::of(before.identity);
            let missing = first.find(who).is_none() && first.features.power > 0.0;
            if missing && self.is_in_the_next(who) {
                heard.push((0.0, *before));
            }
        }
        heard.sort_by(|a, b| b.0.total_cmp(&a.0));
        heard.into_iter().map(|(_, heard)| heard).collect()
    }
}

/// Adds a voice that is back in the newest window to the last ones before it that have its tones
/// too; how many of them come right before.
fn look_back(pending: &mut VecDeque<Pending>, lock: &mut Lock, newest: u64) -> u32 {
    let first = pending.len().saturating_sub(FOOTING);
    let oldest = newest - (pending.len() - first) as u64;
    let before = first.checked_sub(1).and_then(|n| pending[n].find(lock.identity));
    lock.run = before.map_or(0, |present| present.run);
    for (window, number) in pending.range_mut(first..).zip(oldest..) {
        let (claimed, explained) = (window.claimed(), window.explained());
        if let Some(present) = window.find(lock.identity) {
            lock.run = present.run;
        } else if let Some(footing) = lock.footing(&window.features, claimed, explained, number) {
            window.present.push(footing);
        }
    }
    lock.run
}
