//! Copying a tunnel's bytes unread, both ways, until an end or until it would not be allowed any more.

use std::future::poll_fn;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use usher_events::event::{End, UpstreamFault};

use crate::case::Case;
use crate::limits::{JUDGED_AGAIN_EVERY, TUNNEL_STILL_TIME};
use crate::record::Recording;

use copy::{Copying, Side};

mod copy;

/// Copies both ways until both ends are done. The recording is written at once, and again at the end.
pub(crate) async fn splice<A, B, C>(client: A, site: B, mut recording: Recording<C>)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
    C: Case,
{
    recording.write_open();
    let mut copying = Copying::new(client, site);
    let mut again = tokio::time::interval(JUDGED_AGAIN_EVERY);
    again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    again.tick().await;
    let mut last_move = (copying.passed(), Instant::now());
    let end = loop {
        tokio::select! {
            done = poll_fn(|context| copying.poll(context)) => break match done {
                Ok(()) => End::Complete,
                Err(Side::Site) => End::Upstream(UpstreamFault::BrokeOff),
                Err(Side::Client) => End::ClientLeft,
            },
            _ = again.tick() => {
                if !recording.is_still_allowed() {
                    break End::Usher;
                }
                if copying.passed() != last_move.0 {
                    last_move = (copying.passed(), Instant::now());
                } else if last_move.1.elapsed() >= TUNNEL_STILL_TIME {
                    break End::Upstream(UpstreamFault::TimedOut);
                }
            }
        }
    };
    let (from_client, from_site) = copying.passed();
    recording.passed(from_client, from_site);
    recording.finish(end);
}
