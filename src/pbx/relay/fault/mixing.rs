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
        for [one, other] in neighbours(routes) {
            match fault {
                Mixing::Crossed => cross(routes, one, other),
                Mixing::Leaking => overheard.push(Route { listener: other.listener, ..one }),
                Mixing::SecondOneWay => routes.retain(|route| *route != back(other)),
            }
        }
    }
    overheard
}

/// Every two calls that talk in both directions on one board; one route of each.
fn neighbours(routes: &[Route]) -> Vec<[Route; 2]> {
    let mut two_way: Vec<Route> = routes
        .iter()
        .copied()
        .filter(|route| route.board.is_some() && route.speaker < route.listener)
        .filter(|&route| routes.contains(&back(route)))
        .collect();
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
    fn the_second_call_overhears_the_first_or_is_one_way() {
        let mut leaking = two_calls();
        assert_eq!(mix(&mut leaking, &[Mixing::Leaking]), [route(0, 3)]);
        assert_eq!(leaking, two_calls());
        let mut one_way = two_calls();
        mix(&mut one_way, &[Mixing::SecondOneWay]);
        assert_eq!(one_way, [route(1, 0), route(0, 1), route(2, 3)]);
    }
}
