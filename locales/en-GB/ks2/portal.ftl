# The portal, for children of seven to eleven. Reading age eight. No blame.

who-title = Who are you?
who-then = Sign in to go to { $site }.
who-young = I tap my class
who-older = I type my name
who-adult = I work here
who-adult-more = Teachers and other grown-ups
who-parent = I am a mum, dad or carer
who-parent-more = See what your child signs
who-visitor = I am visiting today
who-visitor-more = Visitors and helpers
the-role = { $role }

ended-idle = You were signed out because nothing happened for a while. Sign in to go on.
ended-elsewhere = You signed in on another computer, so this one was signed out.
ended-account = You were signed out because your password changed. Ask your teacher if you are not sure.

home-title = Where you are
home-greeting = Hello { $name }!
home-until = You are signed in until { $time }. Sign out when you finish.
home-agreement = My rules
home-agreement-read = Read and sign
home-mine = What I signed
home-password = Change my password
home-sign-by = Our rules have changed. Please sign them again by { $day }.
go-on-to = Go to { $site }

state-open-title = You are online
state-open-text = You can use the internet now.
state-lesson-title = You are online
state-lesson-text = You can use the internet until { $time }.
state-list-title = Your lesson has its own pages
state-list-text = You can open these pages until { $time }.
state-no-lesson-title = Ask your teacher to start
state-no-lesson-text = The internet opens when your teacher starts the lesson.
state-no-lesson-action = Look again
state-agreement-title = First, your rules
state-agreement-text = Read the computer rules and sign them. Then you can go online.
state-agreement-action = Read and sign
state-clause-title = One thing first
state-clause-text = Say that you will keep the rules. Then you can go online.
state-clause-action = Go on
state-parent-title = A grown-up at home goes first
state-parent-text = The internet opens when your mum, dad or carer has said yes. You have not done anything wrong. Tell your teacher.
state-sanction-no-web-title = The internet is closed for you for now
state-sanction-no-web-text = It opens again on { $time }. Your teacher can tell you why.
state-sanction-list-only-title = You can use the pages your teacher picks
state-sanction-list-only-text = This lasts until { $time }. Your teacher can tell you why.
state-sanction-lesson-only-title = You can go online in lessons
state-sanction-lesson-only-text = This lasts until { $time }. Your teacher can tell you why.
state-sanction-supervised-only-title = You can go online where an adult sits with you
state-sanction-supervised-only-text = This lasts until { $time }. Your teacher can tell you where.
state-sanction-no-mail-title = You can use the web but not mail
state-sanction-no-mail-text = This lasts until { $time }. Your teacher can tell you why.
state-hours-title = The internet is closed now
state-hours-text = It is not open at this time of day.
state-lockdown-title = The internet is closed for everyone
state-lockdown-text = Do what your teacher says. You have not done anything wrong.
state-seal-missing-title = The internet is closed for pupils
state-seal-missing-text = A grown-up has to mend something first. Tell your teacher. You have not done anything wrong.
state-no-group-title = We do not know you yet
state-no-group-text = Ask your teacher to tell the school office.
state-starting-title = Just a moment
state-starting-text = The internet is starting. Look again in a minute.

sign-in-title = Sign in
sign-in = Sign in
sign-in-name = Your user name
sign-in-name-hint = Like a.bell
sign-in-password = Your password
sign-in-notice = Your school shuts some pages. It can see which pages you look at and what you search for. This helps to keep you safe.
sign-in-clause-hint = Tick this to go online.
sign-in-no-name = Type your user name.
sign-in-no-password = Type your password.
sign-in-wrong = That name and password do not go together. Have another try.
sign-in-resting = Let us take a break. You can try again at { $time }. Your teacher can help you.
sign-in-closed = This sign-in is closed. Ask your teacher.
sign-in-elsewhere = You are still signed in on another computer. Sign out there first, or ask your teacher.
sign-in-forgot-ks2 = Forgotten it? Ask your teacher. That is fine.

clause-title = One thing before you go online
clause-yes = Yes, I will
clause-no = No, sign me out
clause-no-means = If you say no, you are signed out. That is all.
clause-usual = I will keep the rules. I know that my school can see what I do online.

password-title = Change my password
password-must = Choose a new password. Keep it secret, even from your best friend.
password-current = Your password now
password-new = Your new password
password-new-hint = Two or three words are easy to remember. Do not use your name.
password-rules = Your password needs:
password-rule-characters =
    { $number ->
        [one] one letter or more
       *[other] { $number } letters or more
    }
password-rule-common = not to be one that everyone tries first, like “password” or “monkey”
password-set = Use my new password
password-same = That is the same as before. Choose another one.
password-current-wrong = That is not your password now. Have another try.
password-known-title = Does someone else know it?
password-known-text = That is all right, and it is good to say so. Press here. You are signed out, and your teacher is told. When you sign in again you choose a new one.
password-known-send = Someone knows my password
password-known-since = When did they find out?
password-known-since-hint = Leave it empty if you do not know. It helps us see what was not you.
password-known-since-odd = That time has not come yet. Choose another one, or leave it empty.
password-ask = You do not have a password to type. If someone knows your pictures, tell your teacher.
weakness-too-short =
    { $number ->
        [one] It needs one letter or more.
       *[other] It needs { $number } letters or more.
    }
weakness-tried-first = Everyone tries that one first. Choose another one.

agreement-title = My rules
agreement-none-title = Nothing to sign here
agreement-none-text = This sign-in is for the whole class. Your teacher has your rules.
agreement-version = Rules for { $version }
agreement-signed = You signed this on { $day }.
agreement-by = Please sign this by { $day }.
agreement-marked = You signed the rules before. What is new is marked.
agreement-gone = Not in the rules any more
agreement-questions = Not sure about a rule? Ask your teacher, or { $who }.
agreement-sign-title = Your turn
agreement-name = Type your first name
agreement-name-hint = You are { $name }.
agreement-no-answer = Choose an answer.
agreement-sign = I will keep these rules
agreement-not-now = Not now
agreement-not-now-means = You can do it later. The internet opens when you have signed.
mine-title = What I signed
mine-none = You have not signed anything yet.

tell-title = Tell someone
tell-opening = It is never wrong to tell. A grown-up at school will read this and help you. You are not in trouble.
tell-nobody = Go to a grown-up now and tell them. Or sign in first, and write it here.
tell-sign-in = Sign in
tell-words = What happened?
tell-words-hint = You can leave this empty.
tell-send = Tell them
tell-help = You can call Childline at any time. It is free: 0800 1111.
tell-face-title = Who are you? Tap your picture
tell-choice-saw = I saw something
tell-choice-unkind = Someone was not kind
tell-choice-help = I need help
tell-thanks-title = Thank you for telling
tell-thanks-text = You did the right thing. A grown-up will come to you. Turn the screen off if it upsets you.
tell-go-title = Go and tell a grown-up now
tell-go-text = This computer does not know your name, so tell a grown-up yourself. You are not in trouble.
told-thanks-title = Well done for telling
told-thanks-text = You did the right thing. Turn the screen off or turn it away.
ask-title = Ask for a page
ask-thanks-title = We have asked
ask-thanks-text = Your teacher will see it and decide. You can do something else while you wait.
ask-already-title = You have asked already
ask-already-text = Your teacher has seen it, or will see it soon.
ask-teacher-title = Ask your teacher
ask-teacher-text = Put your hand up and ask your teacher to open the page.

notice-title = What my school can see
notice-what = My school can see which pages I look at and what I search for.
notice-why = It does this to keep me safe.
notice-family = If grown-ups are worried about me, they may check it and talk to my family.
notice-tell = If something upsets me, I can tell someone. I am not in trouble.
notice-spoken = { notice-what } { notice-why } { notice-family } { notice-tell }

sanctions-summary = If someone breaks a rule, we listen first. Then we put it right together. You might lose computer time, and we might talk to your family. A page that came up by accident breaks no rule.
document-whole = Read the whole list with a grown-up

report-link = Tell the headteacher what someone did
report-title = Tell the headteacher
report-opening = Has someone broken a rule, or been unkind? A grown-up or a child? The headteacher will read this. You are not in trouble.
report-who = Who did it?
report-child = A child, or I am not sure
report-words-hint = Write what you saw.
report-send = Send it
report-no-words = Write a few words first.
report-nobody-reads = There is no one here who could read this. It was not sent. Please tell a grown-up you trust.
report-thanks-title = Thank you for telling
report-thanks-text = You did the right thing. Someone will talk with you.
agreement-missing-title = Your rules are not ready yet
agreement-missing-text = The web opens when you have signed your rules, and the school is still writing them. Please tell your teacher.
