//! The card: what to try, on the terminal and as JSON.

use serde::Serialize;
use usher_demo::school::{DemoSchool, DemoSecret};
use usher_types::moment::Zone;
use usher_web::security::base64;

use super::Arguments;
use crate::cli::say;
use crate::server::Server;

/// Sign-ins on the printed card; the JSON has all.
const SHOWN: usize = 6;

#[derive(Debug, Serialize)]
struct Card {
    desk: String,
    portal: String,
    portal_direct: String,
    gateway: String,
    certificate: String,
    key: String,
    config: String,
    time: String,
    sign_ins: Vec<SignIn>,
}

#[derive(Debug, Serialize)]
struct SignIn {
    who: &'static str,
    name: String,
    username: String,
    secret: String,
    pictures: bool,
    class: Option<String>,
    device: Option<String>,
}

/// Prints the card, and writes it where it was asked for.
pub(super) fn write(arguments: &Arguments, school: &DemoSchool, server: &Server) -> anyhow::Result<()> {
    let data = std::path::absolute(&arguments.data)?;
    let certificate = data.join("school.pem");
    std::fs::write(&certificate, server.authority.pem())?;
    let now = Zone::london().local(server.app.now());
    let card = Card {
        desk: server.addresses.desk_origin.clone(),
        portal: server.addresses.portal_origin.clone(),
        portal_direct: format!("http://{}", server.addresses.portal),
        gateway: format!("http://{}", server.addresses.gateway),
        certificate: certificate.display().to_string(),
        key: base64::encode(server.authority.key_digest().as_bytes()),
        config: data.join("usher.toml").display().to_string(),
        time: format!("{}, {}", now.spoken_date(), now.spoken_time()),
        sign_ins: sign_ins(school),
    };
    if let Some(file) = &arguments.card {
        // Whole or not there: whoever waits for the file reads it at once.
        let beside = file.with_extension("new");
        std::fs::write(&beside, serde_json::to_vec_pretty(&card)?)?;
        std::fs::rename(&beside, file)?;
    }
    say(print(&card));
    Ok(())
}

fn sign_ins(school: &DemoSchool) -> Vec<SignIn> {
    let sign_ins = school.sign_ins();
    let made = sign_ins.iter().map(|to_try| SignIn {
        who: to_try.who,
        name: to_try.person.name(),
        username: to_try.account.username.to_string(),
        secret: to_try.account.secret.as_ref().map_or("", DemoSecret::text).to_owned(),
        pictures: to_try.by_pictures(),
        class: to_try.class.map(str::to_owned),
        device: school.address_of(to_try.person.id).map(|address| address.to_string()),
    });
    made.collect()
}

fn print(card: &Card) -> String {
    let Card { desk, portal, gateway, certificate, config, time, .. } = card;
    let mut text = format!(
        "\n  Rowan Hill Primary School, invented. It is {time} there.\n\n  Desk (adults)        {desk}\n  Portal (behind the \
         gateway)  {portal}\n  Gateway              {gateway}\n\n"
    );
    for one in card.sign_ins.iter().take(SHOWN) {
        let how = if one.pictures { " (pictures, in this order)" } else { "" };
        text.push_str(&format!("  {:32} {:16} {}{how}\n", one.who, one.username, one.secret));
    }
    let proxy = gateway.trim_start_matches("http://");
    text.push_str(&format!(
        "\n  curl --proxy {gateway} --cacert {certificate} https://encyclopaedia.example/\n  chromium \
         --user-data-dir=/tmp/usher-chromium --proxy-server={proxy} --ignore-certificate-errors-spki-list={} \
         {portal}\n  usher --config {config} explain https://games.example/ --as pupil.y4 --at 2026-11-23T10:15\n",
        card.key
    ));
    text
}
