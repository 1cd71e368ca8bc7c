//! What happens without a person asking, started together.

use std::sync::Arc;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;
use usher_config::config::MailPlace;
use usher_jobs::alerts::telling::Telling;
use usher_jobs::alerts::{self, Alerts};
use usher_jobs::clauses::Clauses;
use usher_jobs::follow::Follow;
use usher_jobs::half_term::HalfTerm;
use usher_jobs::hook::Hook;
use usher_jobs::leavers::Leavers;
use usher_jobs::lendings::Lendings;
use usher_jobs::network_cards::{NetworkCards, TableFile};
use usher_jobs::outbox::Outbox;
use usher_jobs::permissions::Permissions;
use usher_jobs::post::{Folder, Post, Relay};
use usher_jobs::private_use::{self, PrivateUse};
use usher_jobs::rota::Rota;
use usher_jobs::rules::Rules;
use usher_jobs::runner::{Job, Runner};
use usher_jobs::scans::Scans;
use usher_jobs::sweep::Sweep;
use usher_jobs::unopened::Unopened;
use usher_jobs::weekly::WeeklyJob;
use usher_lists::category::Catalogue;
use usher_store::books::Books;
use usher_types::email::EmailAddress;
use usher_web::app::App;

use super::opened::Opened;

/// Where Linux writes who answers on the network (proc_net(5)).
const NEIGHBOURS: &str = "/proc/net/arp";

/// What takes mails to where the configuration says.
fn outbox(opened: &Opened, books: Books) -> anyhow::Result<Outbox> {
    let post: Arc<dyn Post> = match &opened.config.mail {
        MailPlace::Relay(url) => Arc::new(Relay::at(url).context("mail.relay cannot be used")?),
        MailPlace::Folder(path) => Arc::new(Folder(path.clone())),
    };
    let from = match &opened.config.mail_from {
        Some(from) => from.clone(),
        None => EmailAddress::parse(&format!("usher@{}", opened.config.portal_name))?,
    };
    let hook = match &opened.config.messages {
        Some(place) => {
            let roots = super::read_roots(&opened.config.own_roots)?;
            Some(Hook::new(&place.url, place.secret.as_deref(), &roots)?)
        }
        None => None,
    };
    Ok(Outbox { books, post, from, hook })
}

/// Starts every job that needs nothing but the books and the app.
pub(super) fn start(
    opened: &Opened,
    app: &App,
    follow: Follow,
    reader: Option<alerts::Reader>,
    stop: CancellationToken,
) -> anyhow::Result<(Runner, Arc<WeeklyJob>)> {
    let holder = format!("{}@{}", std::process::id(), opened.folder.path().display());
    let runner = Runner::new(Arc::clone(&opened.store), holder, Arc::clone(&app.clock), stop);
    let books = || app.books.clone();
    runner.start(Arc::new(follow));
    runner.start(Arc::new(Sweep { books: books(), table: Arc::clone(&app.table) }));
    runner.start(Arc::new(Clauses::new(books(), Arc::clone(&app.snapshot))));
    runner.start(Arc::new(Scans { books: books(), ids: Arc::clone(&app.ids) }));
    runner.start(Arc::new(HalfTerm { books: books(), snapshot: Arc::clone(&app.snapshot) }));
    runner.start(Arc::new(Lendings { books: books(), table: Arc::clone(&app.table) }));
    runner.start(Arc::new(Leavers { books: books(), ids: Arc::clone(&app.ids) }));
    runner.start(Arc::new(Rules {
        books: books(),
        snapshot: Arc::clone(&app.snapshot),
        words: Arc::clone(&app.words),
        ids: Arc::clone(&app.ids),
        portal_origin: app.places.portal_origin.clone(),
    }));
    let desk_origin = app.places.desk_origin.clone();
    let (snapshot, words) = (Arc::clone(&app.snapshot), Arc::clone(&app.words));
    runner.start(Arc::new(Unopened { books: books(), snapshot, words, desk_origin: desk_origin.clone() }));
    runner.start(Arc::new(Permissions { books: books(), words: Arc::clone(&app.words), desk_origin }));
    runner.start(Arc::new(outbox(opened, books())?));
    let hook = opened.config.messages.is_some();
    let tools = alerts::Tools {
        books: books(),
        activity: Arc::clone(&app.activity),
        catalogue: Catalogue::ours()?,
        words: Arc::clone(&app.words),
        ids: Arc::clone(&app.ids),
        desk_origin: app.places.desk_origin.clone(),
        hook,
        reader,
    };
    runner.start(Arc::new(Alerts::new(tools, app.spool.live())));
    let telling = Telling {
        books: books(),
        words: Arc::clone(&app.words),
        desk_origin: app.places.desk_origin.clone(),
        hook,
    };
    runner.start(Arc::new(Rota { telling }));
    runner.start(Arc::new(PrivateUse::new(private_use::Tools {
        books: books(),
        activity: Arc::clone(&app.activity),
        snapshot: Arc::clone(&app.snapshot),
        words: Arc::clone(&app.words),
        ids: Arc::clone(&app.ids),
        portal_origin: app.places.portal_origin.clone(),
        desk_origin: app.places.desk_origin.clone(),
    })));
    runner.start(Arc::new(NetworkCards {
        books: books(),
        table: Arc::new(TableFile(NEIGHBOURS.into())),
        words: Arc::clone(&app.words),
        ids: Arc::clone(&app.ids),
        desk_origin: app.places.desk_origin.clone(),
    }));
    let weekly = Arc::new(WeeklyJob {
        books: books(),
        activity: Arc::clone(&app.activity),
        typesetter: Arc::clone(&app.typesetter),
        words: Arc::clone(&app.words),
        ids: Arc::clone(&app.ids),
        desk_origin: app.places.desk_origin.clone(),
    });
    runner.start(Arc::clone(&weekly) as Arc<dyn Job>);
    Ok((runner, weekly))
}
