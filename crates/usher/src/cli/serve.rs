//! `usher serve`

use std::sync::Arc;

use usher_directory::password::Cost;
use usher_scan::search::SearchEngines;

use super::{StopAsked, say, start_log};
use crate::server::clock::SystemClock;
use crate::server::opened::Opened;
use crate::server::start::start;
use crate::server::{Setting, read_roots};

pub(super) async fn run(opened: Opened) -> anyhow::Result<()> {
    start_log(&opened.config.log_filter);
    let setting = Setting {
        clock: Arc::new(SystemClock),
        overrides: opened.config.addresses.clone(),
        roots: read_roots(&opened.config.own_roots)?,
        engines: SearchEngines::built_in()?,
        cost: Cost::Ordinary,
        demonstration: false,
    };
    let server = start(opened, setting).await?;
    let mut stop = StopAsked::listen()?;
    let addresses = &server.addresses;
    say(format!(
        "Usher is running.\n  gateway  {}\n  portal   {}  ({} behind the gateway)\n  desk     {}\n\
         Ctrl-C stops it.",
        addresses.gateway, addresses.portal, addresses.portal_origin, addresses.desk_origin
    ));
    stop.asked().await;
    say("Stopping.");
    server.stop().await;
    Ok(())
}
