# The portal, for children of five to seven. Short words; every sentence can be heard.

home-title = Hello
home-greeting = Hello { $name }!
home-agreement = Our rules

state-open-title = You can go on!
state-open-text = The internet is open.
state-lesson-title = You can go on!
state-lesson-text = Have fun and learn.
state-list-title = Tap a page
state-list-text = Your teacher picked these.
state-no-lesson-title = Ask your teacher to start
state-no-lesson-text = Put your hand up.
state-no-lesson-action = Look again
state-agreement-title = First, our rules
state-agreement-text = Look at the pictures.
state-agreement-action = Go
state-clause-title = First, say yes
state-clause-text = Will you keep our rules?
state-clause-action = Go
state-parent-title = Not yet
state-parent-text = A grown-up at home says yes first. You did nothing wrong. Tell your teacher.
state-sanction-no-web-title = Not now
state-sanction-no-web-text = Ask your teacher. It will open again.
state-sanction-list-only-title = Ask your teacher
state-sanction-list-only-text = You can look at the pages your teacher picks.
state-sanction-lesson-only-title = Ask your teacher
state-sanction-lesson-only-text = You can go on in a lesson.
state-sanction-supervised-only-title = Ask your teacher
state-sanction-supervised-only-text = You can go on with a grown-up.
state-sanction-no-mail-title = Ask your teacher
state-sanction-no-mail-text = You can look at pages. No mail for now.
state-hours-title = Not now
state-hours-text = It is closed at this time.
state-lockdown-title = It is closed now
state-lockdown-text = Do what your teacher says. You did nothing wrong.
state-seal-missing-title = It is closed now.
state-seal-missing-text = Do what your teacher says.
state-no-group-title = Ask your teacher
state-no-group-text = The computer does not know you yet.
state-starting-title = Wait a bit
state-starting-text = It will open soon.

classes-title = Tap your class
faces-title = Tap your picture
pictures-title = Tap your secret pictures
pictures-hello = { $name }
pictures-again = Start again
shared-title = A grown-up types here
shared-password = Class password

sign-in-title = Hello
sign-in = Go
sign-in-notice = My school shuts some pages. It can see what I do online. This helps keep me safe.
sign-in-wrong = Not this time. Try again.
sign-in-resting = Let us stop for a bit. Ask your teacher to help.
sign-in-closed = Ask your teacher to help.
sign-in-elsewhere = You are on another computer. Ask your teacher to help.

clause-title = Will you?
clause-usual = I will keep our rules. My school can see what I do online.
clause-yes = Yes, I will
clause-no = No

password-title = My secret pictures
password-ask = Does someone know your secret pictures? Tell your teacher.

agreement-title = Our rules
agreement-none-title = Our rules
agreement-none-text = Your teacher has our rules.
card-of = { $here } of { $all }
card-changed = The rules are new. Let us start again.
card-next = Next
card-back = Back
card-home = Done
card-will = I will! I am { $name }.
card-not-now = Not now
card-signed = You said yes. Well done!

tell-title = Tell
tell-opening = Tap one. A grown-up will help you.
tell-nobody = Go to a grown-up now. They will help you.
tell-sign-in = Go
tell-help = You are not in trouble.
tell-choice-saw = I saw something sad
tell-choice-unkind = Someone was not kind
tell-choice-help = I need help
tell-face-title = Tap your picture
tell-thanks-title = Well done!
tell-thanks-text = A grown-up will come. You are not in trouble.
tell-go-title = Go to a grown-up now
tell-go-text = They will help you.
told-thanks-title = Well done!
told-thanks-text = You did the right thing.
ask-thanks-title = We asked!
ask-thanks-text = Your teacher will look.
ask-already-title = We asked!
ask-already-text = Your teacher will look soon.
ask-teacher-title = Ask your teacher
ask-teacher-text = Put your hand up.
to-start = Done

notice-title = My school can see
notice-what = My school can see what I do online.
notice-why = This helps keep me safe.
notice-family = My school may talk to my family.
notice-tell = I can tell a grown-up. I am not in trouble.
notice-spoken = { notice-what } { notice-why } { notice-family } { notice-tell }

sanctions-summary = We stop. We talk. We put it right. A slip is fine.
document-whole = For grown-ups
agreement-missing-title = Our rules
agreement-missing-text = Our rules are not ready yet. Tell your teacher.
