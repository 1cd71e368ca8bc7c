//! The processes of `cargo xtask bench proxy`: a gateway, a site and a load.
//!
//! ```text
//! bench site FOLDER                             says the plain and the TLS address
//! bench gateway FOLDER DOMAINS                  says its address
//! bench load FOLDER PROXY SITE WAY SECONDS      says pages, seconds, median and 99th percentile in µs
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement stops at a fault")]
#![allow(clippy::indexing_slicing, clippy::print_stdout, reason = "it is a command for the terminal")]
#![allow(missing_docs, reason = "it is no library")]

mod gateway;
mod load;
mod site;

/// Decrypted.
const INSPECTED: &str = "inspected.example";
/// In a category that is not.
const SPLICED: &str = "spliced.example";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match arguments.as_slice() {
        ["site", folder] => runtime.block_on(site::run(folder)),
        ["gateway", folder, domains] => runtime.block_on(gateway::run(folder, domains)),
        ["load", folder, proxy, site, way, seconds] => {
            let (proxy, site) = (proxy.parse().unwrap(), site.parse().unwrap());
            runtime.block_on(load::run(folder, proxy, site, way, seconds.parse().unwrap()));
        }
        _ => panic!("see the first lines of this file"),
    }
}
