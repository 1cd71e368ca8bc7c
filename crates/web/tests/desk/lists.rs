//! A list that changed too much waits for a person, who may believe it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use usher_lists::compile::HeldSource;
use usher_lists::review::TooMuchChange;
use usher_lists::source::SourceId;
use usher_records::change::Actor;
use usher_records::refusal::Refusal;
use usher_types::ids::Id;
use usher_types::moment::Moment;
use usher_web::desk::lists::{Lists, ListsFault, Waiting};

use crate::rig::Rig;

/// One list waits until somebody accepts it.
#[derive(Debug, Default)]
struct OneWaits {
    accepted: Mutex<Vec<(SourceId, String, Actor)>>,
    refuses: Mutex<Option<ListsFault>>,
}

fn shrunk() -> SourceId {
    SourceId::parse("test-games").unwrap()
}

#[async_trait]
impl Lists for OneWaits {
    fn waiting(&self) -> Waiting {
        let held = HeldSource { source: shrunk(), why: TooMuchChange::Shrank { from: 900, to: 4 } };
        let waits = self.accepted.lock().unwrap().is_empty();
        Waiting { sources: if waits { vec![held] } else { vec![] }, ..Waiting::default() }
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
    let lists = Arc::new(OneWaits::default());
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
    let told = (shrunk(), "The makers sorted it out".to_owned(), Actor::Person(Id::new(5)));
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
