//! The processes of `cargo xtask bench web`: a gateway, a bare copy loop, a site and loads.
//!
//! ```text
//! bench site FOLDER PAGE                        says the plain and the TLS address
//! bench gateway FOLDER LISTS [PHRASES]          says its address; takes its lists anew for each line it is given
//! bench copy                                    says its address; passes tunnels on and does nothing else
//! bench load FOLDER PROXY SITE WAY AMOUNT       says units, seconds, median and 99th percentile in µs, failures
//! bench idle FOLDER PROXY SITE COUNT            says a line when so many tunnels stand, and holds them until its input ends
//! bench leaf FOLDER COUNT                       says median and 99th percentile of CPU µs of a certificate, and its median in µs
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement stops at a fault")]
#![allow(clippy::indexing_slicing, clippy::print_stdout, reason = "it is a command for the terminal")]
#![allow(missing_docs, reason = "it is no library")]

mod copy;
mod gateway;
mod idle;
mod leaf;
mod load;
mod site;

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Decrypted; so are names below it.
const INSPECTED: &str = "inspected.example";
/// In a category that is not.
const SPLICED: &str = "spliced.example";
/// What stands on one page of the large download.
const LARGE_BYTES: usize = 64 << 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match arguments.as_slice() {
        ["site", folder, page] => runtime.block_on(site::run(folder, page)),
        ["gateway", folder, lists] => runtime.block_on(gateway::run(folder, lists, None)),
        ["gateway", folder, lists, phrases] => runtime.block_on(gateway::run(folder, lists, Some(phrases))),
        ["copy"] => runtime.block_on(copy::run()),
        ["load", folder, proxy, site, way, amount] => {
            let (proxy, site) = (proxy.parse().unwrap(), site.parse().unwrap());
            runtime.block_on(load::run(folder, proxy, site, way, amount.parse().unwrap()));
        }
        ["idle", folder, proxy, site, count] => {
            let (proxy, site) = (proxy.parse().unwrap(), site.parse().unwrap());
            runtime.block_on(idle::run(folder, proxy, site, count.parse().unwrap()));
        }
        ["leaf", folder, count] => leaf::run(folder, count.parse().unwrap()),
        _ => panic!("see the first lines of this file"),
    }
}
