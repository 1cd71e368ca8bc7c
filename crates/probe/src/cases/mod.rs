//! The tricks, a module for each family, each a table.

mod addresses;
mod connect;
mod disguise;
mod fronting;
mod hellos;
mod names;
mod protocols;
mod searches;
mod smuggling;
mod ways_round;
mod websockets;
mod wrappers;

use crate::case::Case;

/// Every case, kind by kind.
pub(crate) fn all() -> Vec<Case> {
    [
        ways_round::cases(),
        wrappers::cases(),
        addresses::cases(),
        names::cases(),
        fronting::cases(),
        connect::cases(),
        smuggling::cases(),
        disguise::cases(),
        websockets::cases(),
        hellos::cases(),
        searches::cases(),
        protocols::cases(),
    ]
    .concat()
}
