//! The register of personal data breaches at the desk.

use usher_records::breach::Breach;

use crate::rig::{Rig, now};

#[tokio::test]
async fn dpr_12_a_new_breach_shows_its_hours_left_until_it_is_decided() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    assert!(head.get("/breaches").await.page().contains("No breach is waiting"));
    assert_eq!(rig.signed_in("teacher").await.get("/breaches").await.status, 403);
    let found = usher_types::moment::Zone::london().local(now().plus_minutes(-119));
    let (day, time) = (found.date().to_string(), found.time().strftime("%H:%M").to_string());
    let form = |what: &str, whose: &str, time: &str| {
        format!("breach-what={what}&breach-whose={whose}&breach-day={day}&breach-time={time}")
    };
    for (what, whose, time, wrong) in [
        ("", "4B", time.as_str(), "breach-what"),
        ("A+laptop+was+stolen", "", time.as_str(), "breach-whose"),
        ("A+laptop+was+stolen", "4B", "", "breach-day"),
        ("A+laptop+was+stolen", "4B", "23:59", "breach-day"),
    ] {
        let refused = head.post("/breaches/new", &form(what, whose, time)).await;
        assert_eq!(refused.status, 422, "{wrong}");
        assert!(refused.text.contains(&format!("href=\"#{wrong}\"")), "{wrong}: {}", refused.text);
    }
    let noted = head.post("/breaches/new", &form("A+laptop+was+stolen", "4B", &time)).await;
    assert!(noted.leads_to().contains("breach-noted"), "{}", noted.text);
    let list = head.get("/breaches").await;
    assert!(list.page().contains("70 hours left"), "{}", list.text);
    rig.clock.set(now().plus_minutes(5));
    assert!(head.get("/breaches").await.page().contains("69 hours left"));

    let id = rig.books.values::<Breach>().await.unwrap()[0].id;
    let address = format!("/breaches/{id}");
    for (form, wrong) in [("breach-why=Phoned", "breach-told"), ("breach-told=yes", "breach-why")] {
        let refused = head.post(&format!("{address}/decide"), form).await;
        assert!(refused.status == 422 && refused.text.contains(&format!("href=\"#{wrong}")), "{wrong}");
    }
    let decided = head.post(&format!("{address}/decide"), "breach-told=yes&breach-why=By+phone").await;
    assert!(decided.leads_to().contains("breach-decided"), "{}", decided.text);
    let again = head.post(&format!("{address}/decide"), "breach-told=no&breach-why=A+mistake").await;
    assert!(again.leads_to().contains("breach-decided-before"), "{}", again.text);
    let page = head.get(&address).await;
    assert!(page.page().contains("By phone") && !page.page().contains("hours left"), "{}", page.text);
}

#[tokio::test]
async fn dpr_12_a_breach_whose_time_is_over_says_so() {
    let rig = Rig::new().await;
    rig.add(&Breach {
        id: usher_types::ids::Id::new(901),
        what: "A letter went to the wrong family".into(),
        whose: "One child".into(),
        found: now().plus_minutes(-72 * 60),
        by: usher_types::ids::Id::new(1),
        at: now(),
        decided: None,
        others: Vec::new(),
    })
    .await;
    let list = rig.signed_in("headteacher").await.get("/breaches").await;
    assert!(list.page().contains("time to tell the Information Commissioner was over"), "{}", list.text);
    assert!(list.text.contains("need--stop"));
}

#[tokio::test]
async fn cy_16_a_breach_stays_open_until_everybody_on_the_list_was_told_or_need_not_be() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    rig.add(&Breach {
        id: usher_types::ids::Id::new(902),
        what: "Somebody got into the office’s mail".into(),
        whose: "Every family".into(),
        found: now(),
        by: usher_types::ids::Id::new(1),
        at: now(),
        decided: None,
        others: Vec::new(),
    })
    .await;
    let address = format!("/breaches/{}", rig.books.values::<Breach>().await.unwrap()[0].id);
    head.post(&format!("{address}/decide"), "breach-told=yes&breach-why=By+phone").await.leads_to();
    let list = head.get("/breaches").await;
    assert!(list.page().contains("Still to answer: Department for Education, Police"), "{}", list.text);
    let tell = format!("{address}/tell");
    for (form, wrong) in [
        ("breach-body=police&breach-other-why=Online", "breach-other-told"),
        ("breach-body=police&breach-other-told=yes&breach-other-why=+", "breach-other-why"),
    ] {
        let refused = head.post(&tell, form).await;
        assert!(refused.status == 422 && refused.text.contains(&format!("href=\"#{wrong}")), "{wrong}");
    }
    assert_eq!(head.post(&tell, "breach-body=nobody&breach-other-told=yes").await.status, 404);
    for body in ["department", "police", "insurer"] {
        let form =
            format!("breach-body={body}&breach-other-told=no&breach-other-why=Our+trust+did+for+{body}");
        assert!(head.post(&tell, &form).await.leads_to().contains("breach-decided"), "{body}");
        let again = head.post(&tell, &form).await;
        assert!(again.leads_to().contains("breach-decided-before"), "{body}");
    }
    let page = head.get(&address).await;
    assert!(page.page().contains("Our trust did for police") && !page.page().contains("/tell\""));
    assert!(head.get("/breaches").await.page().contains("No breach is waiting"));
    assert_eq!(rig.signed_in("teacher").await.post(&tell, "breach-body=police").await.status, 403);
}
