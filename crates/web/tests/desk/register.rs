//! The violations register: entries name the rule they are about, and lead to its exact words.

use usher_records::agreement::{AgreementText, AgreementVersion, publish};
use usher_records::case::Case;
use usher_records::change::Action;
use usher_records::register::{Entry, EntryKind};
use usher_testkit::school::school;
use usher_types::ids::{self, Id};
use usher_types::role::{PersonKind, Year};

use crate::rig::{ADA, Rig, id, now};

fn file(last: &str) -> String {
    let settings = school("numbered").settings;
    let year = Year::new(4).unwrap();
    let key = settings.agreement_for(PersonKind::Pupil, Some(year)).unwrap();
    format!(
        "+++\nkey = \"{key}\"\ntitle = \"Our computer rules\"\nversion = \"2026\"\nreader = \"ks2\"\n\
         declaration = \"I will keep these rules.\"\n+++\n\n- I ask before I open a new website. {{#ask-first}}\n\
         - {last} {{#games}}\n"
    )
}

/// Puts a version in force and gives it.
async fn in_force(rig: &Rig, number: u64, file: &str) -> AgreementVersion {
    let text = AgreementText::parse(file).unwrap();
    rig.books.store().put_blob(Id::new(1), file.as_bytes()).await.unwrap();
    let earlier = rig.books.find::<AgreementVersion>("key", &text.head.key).await.unwrap();
    let earlier = earlier.into_iter().find(|stored| stored.value.in_force);
    rig.commit(&publish(Id::new(number), &text, earlier.as_ref(), true, now())).await;
    rig.books.get::<AgreementVersion, ids::AgreementVersion>(Id::new(number)).await.unwrap().unwrap().value
}

#[tokio::test]
async fn agr_20_an_entry_names_the_rule_and_opens_its_exact_text_also_when_the_agreement_changed() {
    let rig = Rig::new().await;
    let first = in_force(&rig, 701, &file("I play games only when my teacher says so.")).await;
    let head = rig.signed_in("headteacher").await;
    let form = format!("/register/new/{}", id(ADA));
    assert!(head.get(&format!("/people/{}", id(ADA))).await.page().contains(&form));
    let page = head.get(&form).await;
    assert!(page.page().contains("2. I play games only") && page.page().contains("Ada Bell"));
    let rule = format!("{}%3Agames", first.id);
    assert_eq!(head.post(&form, &format!("text=+&rule={rule}")).await.status, 422, "it says nothing");
    let odd = format!("{}%3Anothing", first.id);
    assert_eq!(head.post(&form, &format!("text=Played&rule={odd}")).await.status, 422, "no such rule");
    let written = head.post(&form, &format!("text=Played+in+maths&rule={rule}")).await;
    assert_eq!(written.leads_to(), "/register?done=register-written");

    let entry = rig.books.values::<Entry>().await.unwrap().pop().unwrap();
    assert_eq!((entry.kind, entry.person, entry.number), (EntryKind::Breach, Id::new(ADA), 1));
    let cited = entry.rule.unwrap();
    assert_eq!((cited.digest, cited.clause.as_str(), cited.number), (first.digest, "games", 2));
    let told = rig.journal().await;
    let told: Vec<_> = told.iter().filter(|line| line.action == Action::EntryWritten).collect();
    assert_eq!((told.len(), told[0].about), (1, Some(Id::new(ADA))));

    let second = in_force(&rig, 702, &file("Games are for golden time.")).await;
    let opens = format!("/agreements/version/{}", first.id);
    let register = head.get("/register").await;
    let link = format!("<a href=\"{opens}#rule-games\">Our computer rules, rule 2</a>");
    assert!(register.page().contains(&link), "{}", register.text);
    let text = head.get(&opens).await;
    assert!(
        text.page().contains("<li id=\"rule-games\" value=\"2\">I play games only when my teacher says so.")
    );
    assert!(!text.page().contains("golden time") && text.page().contains("A newer version is in use now."));
    let newer = head.get(&format!("/agreements/version/{}", second.id)).await;
    assert!(newer.page().contains("golden time"));

    // A correction names a rule of its own; one read in the earlier text is not taken for the one there now.
    let correct = format!("/register/{}/correct", entry.id);
    assert!(head.get(&correct).await.page().contains("Played in maths"));
    assert_eq!(head.post(&correct, &format!("text=Not+asked&rule={rule}")).await.status, 422);
    let other = format!("text=Not+asked&rule={}%3Aask-first", second.id);
    assert!(head.post(&correct, &other).await.leads_to().contains("register-corrected"));
    let register = head.get("/register").await;
    assert!(register.page().contains(&link), "the first entry stays as it was");
    assert!(register.page().contains("#rule-ask-first\">Our computer rules, rule 1</a>"));
    assert!(register.page().contains("Played in maths") && register.page().contains("Not asked"));
    assert_eq!(rig.books.values::<Entry>().await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_entry_about_somebody_without_an_agreement_names_no_rule() {
    let rig = Rig::new().await;
    let head = rig.signed_in("headteacher").await;
    let form = format!("/register/new/{}", id(ADA));
    assert!(!head.get(&form).await.page().contains("name=\"rule\""));
    assert_eq!(head.post(&form, "text=Played&rule=1%3Agames").await.status, 422);
    assert!(head.post(&form, "text=Played").await.leads_to().contains("register-written"));
    let teacher = rig.signed_in("teacher").await;
    assert_eq!(teacher.get(&form).await.status, 403);
}

#[tokio::test]
async fn inc_24_a_case_names_a_rule_by_its_own_id_before_anybody_is_chosen_and_shows_its_words() {
    let rig = Rig::new().await;
    let pupils = in_force(&rig, 701, &file("I play games only when my teacher says so.")).await;
    let staff = "+++\nkey = \"staff\"\ntitle = \"Staff rules\"\nversion = \"2026\"\nreader = \"adult\"\n\
                 declaration = \"I will keep these rules.\"\n+++\n\n- I keep my own phone away. {#own-phone}\n";
    let staff = in_force(&rig, 702, staff).await;
    let teacher = rig.signed_in("teacher").await;
    let form = teacher.get("/cases/new").await;
    for words in ["Our computer rules, 2. I play games only", "Staff rules, 1. I keep my own phone away"] {
        assert!(form.page().contains(words), "{words}: {}", form.text);
    }
    // With somebody chosen, the rules are theirs alone.
    let hers = teacher.get(&format!("/cases/new?person={}", id(ADA))).await;
    assert!(hers.page().contains("2. I play games only") && !hers.page().contains("own phone"));
    let breach = format!("breach=phone-in-lesson&person={}&details=Filmed+in+the+yard", id(ADA));
    let odd = teacher.post("/cases/new", &format!("{breach}&rule={}%3Anothing", pupils.id)).await;
    assert_eq!(odd.status, 422, "no such rule");
    let logged = teacher.post("/cases/new", &format!("{breach}&rule={}%3Agames", pupils.id)).await;
    let address = logged.leads_to().split('?').next().unwrap().to_owned();
    let case = rig.books.values::<Case>().await.unwrap().pop().unwrap();
    let cited = case.opening().unwrap().rule.clone().unwrap();
    assert_eq!((cited.clause.as_str(), cited.version, cited.digest), ("games", pupils.id, pupils.digest));
    // Its words stay those it was cited by.
    in_force(&rig, 703, &file("Games are for golden time.")).await;
    let page = teacher.get(&address).await;
    assert!(page.page().contains("<q class=\"long\">I play games only when my teacher says so.</q>"));
    assert!(page.page().contains(&format!("/agreements/version/{}#rule-games", pupils.id)));
    // Of somebody from outside, any rule can be named.
    let outside = format!("breach=community&outside=A+visitor&details=Filmed&rule={}%3Aown-phone", staff.id);
    assert!(teacher.post("/cases/new", &outside).await.leads_to().contains("case-"));
}
