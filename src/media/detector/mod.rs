//! Who is heard, window by window, and what else it sounds like.

mod acquire;
mod ear;
mod features;
mod hearing;
mod lock;
mod onset;
mod pending;
mod shape;
mod sound;
mod spectrum;

pub use ear::Detector;

#[cfg(test)]
mod false_alarms;
#[cfg(test)]
mod recognition;
#[cfg(test)]
mod scene;
