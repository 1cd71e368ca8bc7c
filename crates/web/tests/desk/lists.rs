//! A list that changed too much waits for a person, who may believe it; where much would open with it, for two.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use usher_lists::category::Category;
use usher_lists::compile::HeldSource;
use usher_lists::review::{Held, Reason, TooMuchChange};
use usher_lists::source::SourceId;
use usher_records::change::{Action, Actor};
use usher_records::list_belief::ListBelief;
use usher_records::list_edit::ListDecision;
use usher_records::refusal::Refusal;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_web::desk::lists::{Lists, ListsFault, Waiting};

use crate::rig::Rig;

/// One list waits until somebody accepts it, and entries wait for good.
#[derive(Debug)]
struct OneWaits {
    source: SourceId,
    change: Mutex<TooMuchChange>,
    entries: Vec<Held>,
    accepted: Mutex<Vec<(SourceId, String, Actor)>>,
    refuses: Mutex<Option<ListsFault>>,
}

impl OneWaits {
    fn of(source: &str) -> Self {
        Self {
            source: SourceId::parse(source).unwrap(),
            change: Mutex::new(TooMuchChange::Shrank { from: 900, to: 4 }),
            entries: vec![],
            accepted: Mutex::default(),
            refuses: Mutex::default(),
        }
    }
}

#[async_trait]
impl Lists for OneWaits {
    fn waiting(&self) -> Waiting {
        let held = HeldSource { source: self.source.clone(), why: *self.change.lock().unwrap() };
        let waits = self.accepted.lock().unwrap().is_empty();
        let sources = if waits { vec![held] } else { vec![] };
        Waiting { sources, entries: self.entries.clone(), ..Waiting::default() }
    }

    async fn compile(&self, _at: Moment) -> Result<(), ListsFault> {
        Ok(())
    }

    async fn accept(
        &self,
        source: &SourceId,
        why: &str,
        actor: &Actor,
        _at: Moment,
    ) -> Result<(), ListsFault> {
        if let Some(fault) = self.refuses.lock().unwrap().take() {
            return Err(fault);
        }
        self.accepted.lock().unwrap().push((source.clone(), why.to_owned(), actor.clone()));
        Ok(())
    }
}

#[tokio::test]
async fn a_list_that_shrank_is_believed_when_somebody_says_why() {
    let lists = Arc::new(OneWaits::of("test-games"));
    let rig = Rig::with_lists(Arc::clone(&lists) as Arc<dyn Lists>).await;
    let computing = rig.signed_in("computing").await;
    let page = computing.get("/lists").await;
    assert!(page.page().contains("900 entries to 4"));
    let accept = "/lists/sources/test-games/accept";
    assert!(page.page().contains(accept));
    let refuses = |fault: ListsFault| *lists.refuses.lock().unwrap() = Some(fault);
    refuses(Refusal::ReasonNeeded.into());
    assert_eq!(computing.post(accept, "why=+").await.status, 422, "a reason is needed");
    assert_eq!(computing.post("/lists/sources/test-other/accept", "why=It+moved").await.status, 404);
    let before = rig.journal().await;
    refuses(ListsFault::Busy);
    assert_eq!(computing.post(accept, "why=It+moved").await.leads_to(), "/lists?done=source-not-yet");
    refuses(ListsFault::Sealed("`test-games` is a sealed list".into()));
    assert_eq!(computing.post(accept, "why=It+moved").await.leads_to(), "/lists?done=source-sealed");
    assert!(computing.get("/lists?done=source-sealed").await.page().contains("stay in use"));
    refuses(ListsFault::Failed("the disk is full".into()));
    let failed = computing.post(accept, "why=It+moved").await;
    assert!(failed.status.is_server_error(), "no word of trying again: {}", failed.status);
    assert_eq!(rig.journal().await, before, "the page itself notes nothing: whoever accepts does");
    let accepted = computing.post(accept, "why=The+makers+sorted+it+out").await;
    assert_eq!(accepted.leads_to(), "/lists?done=source-accepted");
    let told = (lists.source.clone(), "The makers sorted it out".to_owned(), Actor::Person(Id::new(5)));
    assert_eq!(*lists.accepted.lock().unwrap(), [told]);
    assert!(!computing.get("/lists?done=source-accepted").await.page().contains(accept));
}

#[tokio::test]
async fn fm_24_whose_membership_a_sealed_list_comes_by_is_kept_and_health_is_red_without_it() {
    let rig = Rig::new().await;
    let technician = rig.signed_in("technician").await;
    let health = technician.get("/health").await;
    assert!(health.page().contains("There is no list and no membership"), "{}", health.text);
    let images = "/lists/memberships/illegal-images";
    let lead = rig.signed_in("computing").await;
    let filled = |until: &str, reference: &str| {
        format!(
            "member-body=Internet+Watch+Foundation&member-holder=Rowan+Trust&member-reference={reference}\
             &member-until={until}&member-used=above"
        )
    };
    for (until, reference) in [("2020-01-01", "M-77"), ("", "M-77"), ("2030-03-31", "+")] {
        let again = lead.post(images, &filled(until, reference)).await;
        assert_eq!(again.status, 422, "{until} {reference}");
        assert!(again.text.contains("Rowan Trust"), "what was typed stays");
    }
    let kept = lead.post(images, &filled("2030-03-31", "M-77")).await;
    assert_eq!(kept.leads_to(), "/lists/memberships?done=member-kept");
    let page = lead.get("/lists/memberships").await;
    assert!(page.page().contains("Reference: M-77") && page.page().contains("Usher cannot try that"));
    let health = technician.get("/health").await;
    assert!(health.page().contains("Member: Rowan Trust, until 31 March 2030"), "{}", health.text);
    assert!(health.page().contains("There is no list and no membership"), "the other one is still missing");
    assert_eq!(lead.get("/lists/memberships/games").await.status, 404, "only sealed ones have members");
}

#[tokio::test]
async fn a_grave_list_that_shrank_is_believed_by_two_people_of_two_offices() {
    let lists = Arc::new(OneWaits::of("test-adult"));
    let rig = Rig::with_lists(Arc::clone(&lists) as Arc<dyn Lists>).await;
    let computing = rig.signed_in("computing").await;
    let page = computing.get("/lists").await;
    for said in
        ["It takes two people with different roles", "It is about ", "It breaks a promise of the school"]
    {
        assert!(page.page().contains(said), "{said}: {}", page.text);
    }
    let accept = "/lists/sources/test-adult/accept";
    assert_eq!(computing.post(accept, "why=+").await.status, 422, "a reason is needed");
    let proposed = computing.post(accept, "why=The+makers+sorted+it+out").await;
    assert_eq!(proposed.leads_to(), "/lists?done=source-second");
    let line = rig.journal().await.pop().unwrap();
    assert_eq!((line.action, line.actor), (Action::ListSourceProposed, Actor::Person(Id::new(5))));
    assert!(lists.accepted.lock().unwrap().is_empty(), "nothing opens yet");
    // Nobody is their own second.
    let own = computing.post(accept, "why=Again").await;
    assert!(own.status == 422 && own.text.contains("You cannot be the second person"), "{}", own.text);
    assert!(!computing.get("/lists?done=source-second").await.page().contains(accept));
    // Who does not look after lists is none either.
    assert_eq!(rig.signed_in("teacher").await.post(accept, "").await.status, 403);

    let head = rig.signed_in("headteacher").await;
    let page = head.get("/lists").await;
    assert!(page.page().contains("Cal Comp wants to use it as it is now"), "{}", page.text);
    assert!(page.text.contains("The makers sorted it out") && page.text.contains("Confirm"), "{}", page.text);
    *lists.refuses.lock().unwrap() = Some(ListsFault::Busy);
    assert_eq!(head.post(accept, "").await.leads_to(), "/lists?done=source-not-yet");
    assert_eq!(head.post(accept, "").await.leads_to(), "/lists?done=source-accepted");
    let told = (lists.source.clone(), "The makers sorted it out".to_owned(), Actor::Person(Id::new(1)));
    assert_eq!(*lists.accepted.lock().unwrap(), [told]);
    assert_eq!(rig.journal().await.pop().unwrap().action, Action::ListSourceConfirmed);
    let belief = rig.books.values::<ListBelief>().await.unwrap().pop().unwrap();
    assert_eq!(belief.confirmed.map(|(by, _)| by), Some(Id::new(1)));
}

#[tokio::test]
async fn what_was_proposed_of_a_list_that_changed_again_is_confirmed_by_nobody() {
    let lists = Arc::new(OneWaits::of("test-adult"));
    let rig = Rig::with_lists(Arc::clone(&lists) as Arc<dyn Lists>).await;
    let accept = "/lists/sources/test-adult/accept";
    let computing = rig.signed_in("computing").await;
    computing.post(accept, "why=The+makers+sorted+it+out").await.leads_to();
    *lists.change.lock().unwrap() = TooMuchChange::Shrank { from: 900, to: 1 };
    let head = rig.signed_in("headteacher").await;
    assert!(!head.get("/lists").await.page().contains("Cal Comp wants"));
    assert_eq!(
        head.post(accept, "why=I+see").await.leads_to(),
        "/lists?done=source-second",
        "a new proposal"
    );
    assert!(lists.accepted.lock().unwrap().is_empty());
    assert_eq!(computing.post(accept, "").await.leads_to(), "/lists?done=source-accepted");
}

#[tokio::test]
async fn an_entry_that_is_let_count_says_more_of_its_site_and_one_that_is_left_out_stays_without_effect() {
    let held = Held {
        source: SourceId::parse("test-games").unwrap(),
        category: Category::parse("games").unwrap(),
        entry: "adult.example".into(),
        reason: Reason::Popular { rank: 9 },
    };
    let lists = Arc::new(OneWaits { entries: vec![held], ..OneWaits::of("test-games") });
    let rig = Rig::with_lists(Arc::clone(&lists) as Arc<dyn Lists>).await;
    let lead = rig.signed_in("computing").await;
    // One more category only closes: the strictest counts.
    let apply = "source=test-games&entry=adult.example&ruling=apply&why=It+has+games";
    assert_eq!(lead.post("/lists/held", apply).await.leads_to(), "/lists?done=held-decided");
    assert_eq!(rig.books.values::<ListDecision>().await.unwrap().len(), 1);
    assert_eq!(lead.post("/lists/held", &apply.replace("apply", "drop")).await.status, 409, "once");
}
