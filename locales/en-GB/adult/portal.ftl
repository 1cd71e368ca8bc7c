# The portal: who are you, signing in, agreements, telling somebody.

## Who are you?

who-title = Who are you?
who-then = Sign in to go on to { $site }.
who-young = I tap my class
who-older = I type my name
who-adult = I work here
who-adult-more = Staff, supply staff, students and governors
who-parent = I am a parent or carer
who-parent-more = See what your child signs, and sign with them
who-visitor = I am visiting today
who-visitor-more = Visitors, volunteers and contractors
years-span = { $first } to { $last }
list-and = { $first } and { $last }
the-role = the { $role }
role-holder = { $name } ({ $role })

ended-idle = You were signed out here because nothing happened for a while. Sign in again to go on.
ended-elsewhere = You signed in on another device, so this one was signed out.
ended-account = You were signed out because the password was changed or the account was closed.

## Home

home-title = Where you are
home-greeting = Hello { $name }
home-until = This sign-in ends at { $time }, or sooner if you sign out.
home-agreement = My agreement
home-agreement-read = Read and sign it
home-mine = What I signed
home-password = Change my password
home-children = My children
home-desk = Open the staff desk
home-guide-link = Safe online at home: a guide for families
home-sign-by = The agreement has changed. Please sign it again by { $day }. Until then the web stays open for you.
go-on-to = Go on to { $site }

## What is open now

state-open-title = You are online
state-open-text = The web is open for you, with the school’s filter.
state-lesson-title = You are online
state-lesson-text = The web is open for this lesson until { $time }.
state-list-title = This lesson has its own pages
state-list-text = Only these pages are open, until { $time }.
state-no-lesson-title = Ask your teacher to start
state-no-lesson-text = The web opens when a teacher starts a lesson for your class.
state-no-lesson-action = Look again
state-agreement-title = One thing first: your agreement
state-agreement-text = The web opens for you once you have read and signed the school’s agreement. It takes a few minutes.
state-agreement-action = Read and sign
state-clause-title = One thing first
state-clause-text = The web opens once you have said that you will keep to the agreement.
state-clause-action = Go on
state-parent-title = Waiting for a parent
state-parent-text = The web opens when a parent or carer has answered.
state-sanction-no-web-title = The web is closed for you for now
state-sanction-no-web-text = This was agreed with you. It opens again on { $time }.
state-sanction-list-only-title = Only lessons with a list are open to you for now
state-sanction-list-only-text = This was agreed with you. It ends on { $time }.
state-sanction-lesson-only-title = Only lessons are open to you for now
state-sanction-lesson-only-text = This was agreed with you. It ends on { $time }.
state-sanction-supervised-only-title = Only supervised rooms are open to you for now
state-sanction-supervised-only-text = This was agreed with you. It ends on { $time }.
state-sanction-no-mail-title = Mail is closed to you for now
state-sanction-no-mail-text = This was agreed with you. It ends on { $time }.
state-hours-title = The web is closed now
state-hours-text = It is closed to you at this time of day.
state-lockdown-title = The web is closed for everybody
state-lockdown-text = The school has closed the web down for the moment. Staff know about it.
state-seal-missing-title = Pupils’ web is closed until the lists of illegal pages are here
state-seal-missing-text = Nothing opens for pupils without them. Please tell the computing lead or IT support: “Lists and memberships” says what is missing.
state-no-group-title = The filter does not know you yet
state-no-group-text = Your account belongs to no group of the school’s policy. Please tell the school office or IT support.
state-unrestricted-title = Unrestricted time is open
state-unrestricted-text = You opened it with a reason. Everything in it is recorded.
state-starting-title = The filter is starting
state-starting-text = Please wait a minute and look again.

## Signing in

sign-in-title = Sign in
sign-in = Sign in
sign-in-name = User name
sign-in-name-hint = Like j.price
sign-in-password = Password
sign-in-notice = The school filters the web and keeps a record of the sites you visit and the words you search for.
sign-in-clause-hint = Tick this to go online. You can also leave it empty: you are signed in, and the web stays closed.
sign-in-no-name = Type your user name.
sign-in-no-password = Type your password.
sign-in-wrong = The user name and password do not go together. Check them and try again.
sign-in-resting = There were too many wrong tries, so this account rests until { $time }. Nothing is lost. IT support or the office can help.
sign-in-closed = This account is closed. Please ask the school office.
sign-in-elsewhere = You are still signed in on another device. Sign out there first, then try again here.
sign-in-forgot-ks2 = Forgotten it? Ask your teacher.
sign-in-forgot-adult = Forgotten your password, or might somebody know it? Ask the school office or IT support for a new one.
sign-in-forgot-parent = Forgotten your password, or never had one? Ask the school office.

## Classes and pictures

classes-title = Tap your class
classes-none = No class signs in this way yet.
faces-title = Tap your picture
faces-none = There are no children in this class yet.
pictures-title = Tap your secret pictures, one after the other
pictures-hello = Hello { $name }
pictures-so-far = { $number } of { $all } chosen
pictures-again = Start again
shared-title = A grown-up types the password here
shared-password = Password of the class

picture-apple = apple
picture-ball = ball
picture-boat = boat
picture-butterfly = butterfly
picture-cat = cat
picture-dog = dog
picture-drum = drum
picture-fish = fish
picture-flower = flower
picture-house = house
picture-key = key
picture-kite = kite
picture-moon = moon
picture-star = star
picture-sun = sun
picture-tree = tree

## The clause at every sign-in

clause-title = One thing before you go online
clause-usual = I am using the school’s system under the agreement I signed. I know that my use is recorded.
clause-yes = I agree: go online
clause-no = No, sign me out
clause-no-means = If you say no, you are signed out and nothing else happens.

## Visitors

visitor-office-title = Please ask at the school office
visitor-office-text = Visitors cannot sign in here. This may be one of the school’s own devices, a pupil may have just used it, or several visitors have signed in here already. The office will gladly help you.
visitor-title = Welcome. Please sign in as a visitor
visitor-opening = You can use the school’s internet until { $time } today. You read and sign a short agreement next.
visitor-name = Your first name and family name
visitor-name-hint = As on your badge
visitor-kind = I am here as
visitor-kind-visitor = A visitor
visitor-kind-volunteer = A volunteer or helper
visitor-kind-contractor = A contractor or supplier
visitor-visiting = Who are you here to see, or what for?
visitor-visiting-hint = For example: Mrs Price, or the boiler
visitor-go = Go on to the agreement
visitor-no-name = Type your first name and your family name.
visitor-no-kind = Choose what you are here as.
visitor-no-visiting = Say who you are here to see, or what for.

## Passwords

password-title = Change my password
password-must = Please choose a password of your own before you go on. Nobody else should know it.
password-current = Your password now
password-new = Your new password
password-new-hint = Three words that have nothing to do with each other are easy to remember and hard to guess.
password-rules = A password has:
password-rule-characters =
    { $number ->
        [one] at least one character
       *[other] at least { $number } characters
    }
password-rule-cases = small and capital letters
password-rule-digits =
    { $number ->
        [one] at least one digit
       *[other] at least { $number } digits
    }
password-rule-symbols =
    { $number ->
        [one] at least one sign such as ! or ?
       *[other] at least { $number } signs such as ! or ?
    }
password-rule-common = nothing that everybody tries first, such as “password” or “liverpool”
password-set = Set the new password
password-same = The new password is the same as the old one. Choose another.
password-current-wrong = That is not your password now. Check it and try again.
password-known-title = Does somebody else know it?
password-known-text = It can happen to anybody. Press here and you are signed out everywhere, IT support is told, and you choose a new password when you sign in again.
password-known-send = Someone knows my password
password-known-since = Since when, if you know
password-known-since-hint = Leave it empty if you do not know. What was done with your password after this time is marked, so that nobody takes it for yours without asking.
password-known-since-odd = This is not a time that has passed. Choose another, or leave it empty.
password-ask = You sign in without a password of your own. If you want something changed, ask the school office.
weakness-too-short =
    { $number ->
        [one] It needs at least one character.
       *[other] It needs at least { $number } characters.
    }
weakness-too-long = It is longer than 128 characters. Choose a shorter one.
weakness-no-small-letter = It needs a small letter.
weakness-no-capital = It needs a capital letter.
weakness-too-few-digits =
    { $number ->
        [one] It needs a digit.
       *[other] It needs { $number } digits.
    }
weakness-too-few-symbols =
    { $number ->
        [one] It needs a sign such as ! or ?
       *[other] It needs { $number } signs such as ! or ?
    }
weakness-tried-first = Everybody tries this one first. Choose another.

## Agreements

agreement-title = My agreement
agreement-none-title = No agreement to sign
agreement-none-text = The school asks no agreement of this sign-in.
agreement-version = Version { $version }
agreement-contents = What is in it
agreement-signed = You signed this on { $day }.
agreement-by = Please sign this by { $day }. Until then the web stays open for you.
agreement-marked = You signed an earlier version. What is new or different is marked.
agreement-gone = No longer in it
agreement-questions = Is anything unclear? Before you sign, ask { $who }.
agreement-sign-title = Sign
agreement-name = Type your name to sign
agreement-name-hint = { $name }
agreement-no-answer = Choose an answer.
agreement-sign = I sign this agreement
agreement-not-now = Not now
agreement-not-now-means = If you do not sign now, nothing is lost. The web stays closed until you do.
clause-new = New
clause-changed = Changed
clause-before = What it said before

card-of = Card { $here } of { $all }
card-changed = The rules have changed. Let us start again.
card-next = Next
card-back = Back
card-home = Go to the start
card-will = I will. I am { $name }.
card-not-now = Not now
card-signed = You said yes on { $day }.

mine-title = What I signed
mine-none = You have not signed anything yet.
mine-version = Version
mine-day = Signed on
mine-on-paper = on paper
mine-for-child = beside my child
mine-declaration = My words
mine-text = The text as I signed it

## Parents and carers

parents-title = My children
parents-none = No child is linked to your account yet. Please ask the school office.
parents-year = Year
parents-child-signed = Signed by your child
parents-beside = Signed by a parent or carer
parents-not-yet = Not yet
parents-read = Read what { $name } signs
parents-sign = Read it with { $name }, and sign
parents-filter = What is filtered for { $name }
parents-more = For you
parents-own-due = There is a short agreement for parents and carers, too.
child-lead = This is what { $name } signs. Please read it together and take time to talk about it.
child-says = { $name } says:
child-sign-title = Sign beside { $name }
child-discussed = { $name } and I talked it through.
child-sign = Sign beside { $name }
child-signed = A parent or carer signed this on { $day }.
child-not-asked = At this school, your child signs this without a parent’s signature. Talking about it together still helps most.

filter-title = What is filtered for { $name }
filter-opening = This is how the school’s filter is set today for your child’s age, in lessons.
filter-lesson = { $name } goes online only when an adult has opened the web for the class.
filter-unknown-shut = Pages that nobody has sorted yet are shut. A teacher can open one that a lesson needs.
filter-unknown-asks = Pages that nobody has sorted yet need an adult’s yes first.
filter-unknown-open = Pages that nobody has sorted yet are open.
filter-help-open = Help lines such as Childline are always open.
filter-not-perfect = No filter is perfect. Children learn to stop and tell an adult when something gets through.
filter-shut = Shut
filter-asks = After a warning, or an adult’s yes
filter-open = Open
area-content = What children may see
area-contact = Who they may meet
area-conduct = What they may do
area-commerce = Money and tricks

## Telling

tell-title = Tell someone
tell-opening = It is never wrong to tell. What you write goes to the people in school who look after safety.
tell-nobody = Sign in first, so that we know who to help. If it is urgent, find a member of staff now.
tell-sign-in = Sign in
tell-about = What is it about?
tell-about-worry = Something worries me
tell-about-accident = I came across something by accident
tell-no-about = Choose what it is about.
tell-words = What happened?
tell-words-hint = A few words are enough. You can leave it empty.
tell-send = Tell them
tell-help = If a child is in danger now, call 999 first.
tell-face-title = Who are you? Tap your picture
tell-choice-saw = I saw something
tell-choice-unkind = Someone was not kind
tell-choice-help = I need help
tell-thanks-title = Thank you for telling
tell-thanks-text = It has reached the people who look after safety here. One of them will come to you.
tell-go-title = Tell a member of staff now
tell-go-text = We do not know who is at this device, so please go and tell somebody in person.
told-thanks-title = Thank you
told-thanks-text = It has been noted.
accident-thanks-title = Thank you for saying so
accident-thanks-text = The visit is now marked as an accident. Leave the page, copy nothing, and carry on. IT support has been told.
ask-title = Ask for a page to be opened
ask-reason = What do you need it for?
ask-reason-hint = For example: Year 5 science on Thursday
ask-send = Ask for it to be opened
ask-thanks-title = You have asked for this page
ask-thanks-text = Whoever looks after the filter decides and answers you. You need not ask again.
ask-already-title = You have asked for this page already
ask-already-text = It has not been forgotten. The answer comes to you.
ask-teacher-title = Please ask a member of staff
ask-teacher-text = This sign-in is shared, so the answer could not find you.
coach-title = You can go on
coach-text = The site is open for you for { $minutes } minutes. Your visit is recorded as usual.
coach-reason = Went on after the warning page

## What the school can see

notice-title = What the school can see
notice-opening = Everybody who uses the school’s internet is told this beforehand: staff, pupils, families and visitors.
notice-what-title = What is recorded
notice-what-pages = Which sites and pages are asked for, by whom, on which device and when, and whether they were opened.
notice-what-searches = The words people search for.
notice-what-inside = To filter them, the school’s gateway reads encrypted pages, too. Banking and updates are left alone.
notice-what-not = It does not record what you type into pages, your passwords, or your screen.
notice-who-title = Who looks at it
notice-who-lesson = During a lesson, the teacher sees blocked pages of the class as they happen.
notice-who-weekly = A weekly report of worrying searches goes to { $who }.
notice-who-look = To look at one person’s record, { $who } must give a reason, and each look is itself recorded.
notice-who-law = Where a child’s safety or the law calls for it, records may be passed on.
notice-why-title = Why
notice-why = To keep children safe, to keep the system sound, and because the law asks schools to filter and to watch.
notice-family-title = When families hear from us
notice-family = If staff are worried about what a child does or meets online, they get in touch with the family.
notice-spoken = { notice-opening }

## Texts the school gives out

sanctions-summary = If somebody breaks a rule, we listen first, and then we put it right together.
document-print = Print it on one sheet (PDF)
document-whole = Read the whole list

## Setting up a device

certificate-title = Set up a device for the school’s web
certificate-why = The school’s filter reads encrypted pages to keep children safe. A device needs the school’s certificate for that. Put it only on devices that you use for school.
certificate-download = Download the school’s certificate
certificate-check = Before you install it, compare its SHA-256 fingerprint with this one:
certificate-devices = How to install it
certificate-windows = Windows
certificate-windows-1 = Open the file you downloaded and press “Install Certificate”.
certificate-windows-2 = Choose “Local Machine”, then “Place all certificates in the following store”.
certificate-windows-3 = Choose “Trusted Root Certification Authorities” and finish.
certificate-windows-4 = Close the browser and open it again.
certificate-chromebook = Chromebook
certificate-chromebook-1 = Open Settings, then “Security and privacy”, then “Manage certificates”.
certificate-chromebook-2 = Under “Authorities”, press “Import” and choose the file.
certificate-chromebook-3 = Tick “Trust this certificate for identifying websites”.
certificate-ipad = iPad and iPhone
certificate-ipad-1 = Open this page in Safari, download the file and allow it.
certificate-ipad-2 = Open Settings and press “Profile Downloaded”, then “Install”.
certificate-ipad-3 = Go to General, About, Certificate Trust Settings.
certificate-ipad-4 = Switch the school’s certificate on.
certificate-mac = Mac
certificate-mac-1 = Open the file. Keychain Access starts; add it to the System keychain.
certificate-mac-2 = Find it there, open it, and open “Trust”.
certificate-mac-3 = Choose “Always Trust” and close the window.
certificate-android = Android
certificate-android-1 = Open Settings and search for “CA certificate”.
certificate-android-2 = Press “Install anyway” and choose the file.
certificate-android-3 = Some apps do not use it. The browser does.
certificate-firefox = Firefox, on any device
certificate-firefox-1 = Open Settings, search for “certificates” and press “View Certificates”.
certificate-firefox-2 = Under “Authorities”, press “Import” and choose the file.
certificate-firefox-3 = Tick “Trust this CA to identify websites”.
proxy-title = Tell the browser where the gateway is
proxy-text = School devices are told already. On another device, look for “proxy” in its network settings and use automatic set-up.
proxy-address = Automatic set-up
proxy-by-hand = By hand

## A report or a complaint

report-link = Make a complaint
report-title = Report what somebody did
report-complain-title = Make a complaint
report-opening = What you write goes to the headteacher, and to whoever leads computing here.
report-who = Who is it about?
report-child = A child, or I am not sure
report-words-hint = Say what happened, and what you would like to happen now.
report-send = Send it
report-no-words = Write what happened, in a few words.
report-nobody-reads = Nobody here could read this yet, so it was not sent. Please ring the school, or write to the chair of governors.
report-thanks-title = Thank you. It has arrived.
report-thanks-text = Somebody from the school will get in touch with you.
agreement-missing-title = Your agreement is not ready yet
agreement-missing-text = The school has to put it out before you can sign it, and the web opens after that. Please ask at the school office or tell the headteacher.
