//! Wrong connections between the ports of concurrent calls.

use super::kind::Mixing;
use crate::pbx::relay::{Board, PortId};

/// Who hears whom, on which board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pbx::relay) struct Route {
    pub(in crate::pbx::relay) speaker: PortId,
    pub(in crate::pbx::relay) listener: PortId,
    pub(in crate::pbx::relay) board: Option<Board>,
}

/// Changes the routes of calls that share a board, and says who overhears whom.
pub(in crate::pbx::relay) fn mix(routes: &mut Vec<Route>, faults: &[Mixing]) -> Vec<Route> {
    let mut overheard = Vec::new();
    for fault in faults {
        let all = two_way(routes);
        let beyond = |carried: usize| all.get(carried..).unwrap_or_default();
        match *fault {
            Mixing::Crossed => {
                for [one, other] in neighbours(all) {
                    cross(routes, one, other);
                }
            }
            Mixing::Leaking => {
                let leak = |[one, other]: &[Route; 2]| Route { listener: other.listener, ..*one };
                overheard.extend(neighbours(all).iter().map(leak));
            }
            Mixing::SecondOneWay => {
                let lost: Vec<Route> = neighbours(all).iter().map(|two| back(two[1])).collect();
                routes.retain(|route| !lost.contains(route));
            }
            Mixing::SilentBeyond(carried) => {
                let lost = beyond(carried);
                routes.retain(|route| !lost.contains(route) && !lost.contains(&back(*route)));
            }
            Mixing::CrossedBeyond(carried) => {
                for two in beyond(carried).chunks_exact(2) {
                    cross(routes, two[0], two[1]);
                }
            }
        }
    }
    overheard
}

/// Every call that is connected in both directions, oldest first; one route of each.
fn two_way(routes: &[Route]) -> Vec<Route> {
    let mut found: Vec<Route> = routes
        .iter()
        .copied()
        .filter(|route| route.speaker < route.listener && routes.contains(&back(*route)))
        .collect();
    found.sort_by_key(|route| route.speaker);
    found
}

/// Every two of these calls that share a board.
fn neighbours(mut two_way: Vec<Route>) -> Vec<[Route; 2]> {
    two_way.retain(|route| route.board.is_some());
    two_way.sort_by_key(|route| (route.board, route.speaker));
    let mut pairs = Vec::new();
    while let [one, rest @ ..] = two_way.as_slice() {
        let other = rest.first().filter(|other| other.board == one.board);
        pairs.extend(other.map(|&other| [*one, other]));
        two_way.drain(..=usize::from(other.is_some()));
    }
    pairs
}

fn back(route: Route) -> Route {
    Route { speaker: route.listener, listener: route.speaker, ..route }
}

/// Exchanges the speakers of two pairs.
fn cross(routes: &mut [Route], one: Route, other: Route) {
    let (a, b, c, d) = (one.speaker, one.listener, other.speaker, other.listener);
    let swaps = [(a, c), (b, d), (c, a), (d, b)];
    for route in routes.iter_mut() {
        if let Some((_, instead)) = swaps.iter().find(|(from, _)| *from == route.speaker) {
            route.speaker = *instead;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(speaker: u64, listener: u64) -> Route {
        Route { speaker: PortId(speaker), listener: PortId(listener), board: Some(Board(0)) }
    }

    fn two_calls() -> Vec<Route> {
        vec![route(1, 0), route(0, 1), route(3, 2), route(2, 3)]
    }

    #[test]
    fn crossing_exchanges_two_calls_and_leaves_one_alone() {
        let mut one = vec![route(1, 0), route(0, 1)];
        mix(&mut one, &[Mixing::Crossed]);
        assert_eq!(one, [route(1, 0), route(0, 1)]);
        let mut two = two_calls();
        mix(&mut two, &[Mixing::Crossed]);
        assert_eq!(two, [route(3, 0), route(2, 1), route(1, 2), route(0, 3)]);
        let mut apart = two_calls();
        apart[2].board = Some(Board(1));
        apart[3].board = Some(Board(1));
        let before = apart.clone();
        mix(&mut apart, &[Mixing::Crossed]);
        assert_eq!(apart, before, "other boards are other calls' business");
    }

    #[test]
    fn what_is_beyond_the_limit_is_silent_or_crossed() {
        let mut silent = two_calls();
        mix(&mut silent, &[Mixing::SilentBeyond(1)]);
        assert_eq!(silent, [route(1, 0), route(0, 1)]);
        let mut all = two_calls();
        mix(&mut all, &[Mixing::SilentBeyond(2), Mixing::CrossedBeyond(1)]);
        assert_eq!(all, two_calls(), "one alone has nobody to be crossed with");
        mix(&mut all, &[Mixing::CrossedBeyond(0)]);
        assert_eq!(all, [route(3, 0), route(2, 1), route(1, 2), route(0, 3)]);
    }

    #[test]
    fn the_second_call_overhears_the_first_or_is_one_way() {
        let mut leaking = two_calls();
        assert_eq!(mix(&mut leaking, &[Mixing::Leaking]), [route(0, 3)]);
        assert_eq!(leaking, two_calls());
        let mut one_way = two_calls();
        mix(&mut one_way, &[Mixing::SecondOneWay]);
        assert_eq!(one_way, [route(1, 0), route(0, 1), route(2, 3)]);
    }
}
