# The desk, where staff work: what stands on every page, signing in, today, requests, people, reports, the register.
# Lessons are in desk-lessons.ftl; agreements, alerts, lists and health in desk-care.ftl.

## Where to go

nav-today = Today
nav-lessons = Lessons
nav-requests = Requests
nav-reports = Reports
nav-agreements = Agreements
nav-people = People
nav-lists = Lists
nav-health = Health
places-label = More in this part
place-alerts = Alerts
place-report-site = Report a site
place-lesson-lists = Lists for lessons
place-grants = Pages that are open
place-weekly = Weekly reports
place-register = Violations register
place-import = Bring people in
place-equipment = Equipment
place-unrestricted = Unrestricted time

session-warning = You will be signed out at { $time }, because nothing has happened here for a while.
session-stay = Stay signed in
pages-label = Other pages of this list
page-earlier = Earlier in the list
page-later = Later in the list
search = Search
show = Show
print = Print
somebody-gone = Somebody who has left
class-gone = A class that is no more
class-mixed = Mixed years
any-class = Any class
any-kind = Everybody
any-role = Any office

## Columns

column-name = Name
column-class = Class
column-kind = What they are
column-roles = Offices
column-pages = Pages
column-checked = Checked
column-page = Page
column-whom = Open to
column-why = Why
column-device = Device
column-lent = Lent
column-returned = Came back
column-known = Someone else knew the password
column-owner = Opened by
column-until = Until
column-do = What to do
column-number = Number
column-when = When
column-entry = Entry
column-head-told = Head told
column-safeguarding = Safeguarding record
column-week = Week
column-items = Found
column-made = Made
column-readers = Readers

## Fields

field-name = Name
field-class = Class
field-page = What to open
field-reason = Why?
field-reason-hint = A few words, for example: Year 4 volcanoes. Anybody who asks later will read this.
field-until = Until when?
field-words = What to tell them
field-words-hint = Leave it empty for our usual words.
field-scope = Who should it open for?
field-state = Which ones?
field-term = Term
field-entered = In the safeguarding record?
field-kind = What they are
field-role = Office
field-roles = Offices
field-roles-hint = Each office brings its rights with it. Tick only what this person really does.
field-left = Leaving date
field-left-hint = From this day on, nothing opens for them. When it comes, what they have to bring back is listed. Leave it empty if they stay.
field-written = Name on the device
field-written-hint = What the label says, such as LAP-07.
field-device = Lend them a device
field-file = The file
field-file-hint = CSV, at most 2 MB
field-username = User name
field-password = Password
field-current = Your password now
field-new = Your new password
field-new-hint = Three words that have nothing to do with each other are easy to remember and hard to guess.
field-again = The new password once more

## Signing in

desk-sign-in-title = Staff sign-in
desk-sign-in-button = Sign in
desk-sign-in-notice = What you do here is written in the school’s journal, with your name.
desk-sign-in-not-staff = Not a member of staff?
desk-sign-in-wrong = The user name and password do not go together. Check them and try again.
desk-sign-in-resting = There were too many wrong tries, so this account rests until { $time }. Nothing is lost. IT support or the office can help.
desk-sign-in-closed = This account is closed. Please ask the school office.
desk-sign-in-again = Sign in as somebody else
desk-to-portal = Go to the page for pupils, parents and visitors
desk-not-yours-title = The staff desk is not for this account
desk-not-yours-text = You are { $name }, and your user name and password are right. Your own page is somewhere else.

## Setting my password

own-password-title = Change my password
own-password-must = Please choose a password of your own before you go on. Nobody else should know it.
own-password-rule-title = A password has
own-password-rule-characters =
    { $number ->
        [one] at least one character
       *[other] at least { $number } characters
    }
own-password-rule-cases = small and capital letters
own-password-rule-digits =
    { $number ->
        [one] at least one digit
       *[other] at least { $number } digits
    }
own-password-rule-symbols =
    { $number ->
        [one] at least one sign such as ! or ?
       *[other] at least { $number } signs such as ! or ?
    }
own-password-rule-common = nothing that everybody tries first, such as “password” or “liverpool”
own-password-button = Set the new password
own-password-current-wrong = That is not your password now. Check it and try again.
own-password-same = The new password is the same as the old one. Choose another.
own-password-again-differs = The two new passwords are not the same. Type the new one once more.
own-password-too-short = It is too short. The rule is above.
own-password-too-long = It is longer than 128 characters. Choose a shorter one.
own-password-no-small-letter = It needs a small letter.
own-password-no-capital = It needs a capital letter.
own-password-too-few-digits = It needs more digits.
own-password-too-few-symbols = It needs more signs such as ! or ?
own-password-tried-first = Everybody tries this one first. Choose another.

## Today

greeting-morning = Good morning, { $name }
greeting-afternoon = Good afternoon, { $name }
greeting-evening = Good evening, { $name }
today-calm = Nothing needs you at the moment.
today-password = Change my password
today-stopped = Nobody can use the web at the moment
today-stopped-full = The disk is full. Usher lets nothing through that it cannot record.
today-stopped-spool = Usher cannot write its records, and lets nothing through without them.
today-stopped-policy = The filter has no policy in use yet.
today-see-health = See what is wrong
today-alert-go = Look at it
today-told = { $name } told an adult: please go and see them ({ $class })
today-accident = { $name } came across something by accident
today-password-known = Somebody may know the password of { $name }. They are signed out, and choose a new one when they sign in again
today-told-seen = I am seeing to it
today-requests =
    { $count ->
        [one] One person waits for a page
       *[other] { $count } people wait for a page
    }
today-answer = Answer
today-lesson = Lesson of { $class }, until { $time }
today-lesson-here =
    { $here ->
        [0] Nobody is signed in yet.
        [one] One child is signed in.
       *[other] { $here } children are signed in.
    }
today-lesson-go = Go to the lesson
today-unrestricted = Unrestricted time is open until { $time }
today-report = The weekly report from { $date } is there
today-report-items =
    { $items ->
        [0] Nothing was found.
        [one] One thing to look at.
       *[other] { $items } things to look at.
    }
today-report-go = Read it
today-agreements =
    { $count ->
        [one] One person has still to sign
       *[other] { $count } people have still to sign
    }
today-agreements-text = The web opens for them once they have signed.
today-agreements-go = See who
today-agreements-class =
    { $count ->
        [one] One child of your class has still to sign
       *[other] { $count } children of your class have still to sign
    }
today-agreements-class-text = { $names }. They can sign at any school device.
today-held =
    { $count ->
        [one] One entry of a category list waits for a decision
       *[other] { $count } entries of category lists wait for a decision
    }
today-held-text = Until somebody decides, they have no effect.
today-held-go = Decide
today-register =
    { $count ->
        [one] One register entry is not in the safeguarding record yet
       *[other] { $count } register entries are not in the safeguarding record yet
    }
today-register-text = Enter it there, then say so here.
today-register-go = See the register
today-returns =
    { $count ->
        [one] Somebody who has left still has equipment of the school
       *[other] { $count } people who have left still have equipment of the school
    }
today-returns-text = Tick each thing off as it comes back.
today-returns-go = See the return lists
today-class = { $class } has no lesson open
today-any-class = Stand in for a class
today-class-text = The web opens for the children once you start the lesson.
today-choose-class = Choose a class

## Equipment and return lists

equipment-title = Equipment
equipment-lists = Return lists of leavers
equipment-waiting = Still waiting for something
equipment-all = All
equipment-no-lists = Nothing is waiting to come back from anybody who has left.
equipment-lent = Lent now
equipment-how = Open somebody’s page under People to lend them a device. Devices that stand in a room are not lent.
equipment-none-lent = Nothing is lent.
equipment-since = { $date }, by { $name }
equipment-add = Add a device
equipment-add-button = Add it
equipment-name-taken = Another device has this name. Choose one that nothing else has.
device-back = It came back
return-title = Return list
return-left = left on { $date }
return-made = This list was made on { $time }.
return-nothing-lent = Nothing is recorded as lent to them.
return-called-off = Called off, because they stay.
return-still-out = Not back yet
return-back-by = { $name }, { $time }
return-out =
    { $count ->
        [0] All back
        [one] One thing not back yet
       *[other] { $count } things not back yet
    }
return-sign = Everything above that is marked as back was handed over. Date and signature:

## Requests and pages that are open

requests-title = Pages people ask for
requests-waiting = Waiting
requests-answered = Answered
requests-search = Name, class or page
requests-none = Nobody is waiting for a page.
requests-none-answered = No answered request fits this search.
requests-answered-by = { $name }, { $time }
request-title = A page somebody asks for
request-answer = Answer
request-see = See it
request-yes = Opened
request-no = Not opened
request-open = Open it
request-answered = This was answered. They were told:
request-open-now = It opens now: what kept it shut is over
request-entry = The entry that kept it shut: { $entry }, in the list “{ $list }”
request-trail = Everything that was looked at, in order
request-why-title = Why it was kept shut
request-why-unknown = What was recorded about it is no longer kept.
request-else-title = What the site is about
request-else-none = No list knows this site.
scope-person = Only to { $name }
scope-lesson = To the lesson of { $class }, until { $time }
scope-class = To all of { $class }
answer-usual-yes = The page is open for you now.
answer-usual-no = Not this page just now. Please ask me if you need something like it.
grants-title = Pages that are open
grants-open = Open now
grants-over = Over
grants-search = Page, person or reason
grants-none = No page is open beyond the rules.
grant-lesson = Lesson of { $class }

## Weekly reports

reports-title = Weekly reports
reports-none = No report was made yet. The first comes at the end of this week.
reports-unread = New to you
reports-opened = opened { $time }
reports-passed-on = Nobody had opened it, so it went to: { $office }, { $time }
reports-not-opened = not opened yet
reports-preview = See the last seven days
reports-preview-title = The last seven days
reports-preview-text = This is what a report made now would say. It is not kept, and nobody is told.
reports-pdf = Keep it as a PDF
plot-table = The figures as a table

## People

people-title = People
people-search = Name
people-left-filter = Here or gone
people-here = Here
people-left = Have left
people-left-on = left { $date }
people-found =
    { $count ->
        [0] Nobody fits this search.
        [one] One person
       *[other] { $count } people
    }
person-now-title = What opens now
person-opens = The web is open
person-opens-sorted = Pages that are sorted and fit their age open. Pages that nobody has sorted yet need an adult’s yes first.
person-closed = The web is closed
person-signed-in = Signed in at { $devices }
person-not-signed-in = Not signed in at any device. This is how it would be.
person-lesson = Lesson of { $class }, until { $time }
person-until = Until { $time }.
person-grant = { $page } is open until { $time }
person-agreement-title = Agreements
person-activity-title = Web use
person-activity-text = You need a reason to look. The look and the reason are written in the journal.
person-activity-button = Look at their web use
person-roles-button = Change the offices
person-leave-button = Set the leaving date
lend-title = Lent equipment
lend-button = Lend this device
lend-list = Their return list
fact-full-name = Full name
fact-classes = Classes
fact-parents = Parents and carers
fact-children = Children
fact-email = Mail
fact-home = Home
fact-home-phones = { $count ->
    [one] one telephone number
   *[other] { $count } telephone numbers
}
fact-home-postcode = a postcode
fact-home-kept = Kept, and shown to nobody: { $what }. The filter looks for it in what is sent.
fact-joined = First day
fact-left = Leaving date
fact-until = Visit ends
fact-source = Came from
standing-signed = Signed
standing-none-asked = Nothing to sign
standing-parent-missing = A parent’s signature is missing
standing-parent-by = A parent’s signature is missing; the web stays open until { $date }
standing-due-by = To be signed again by { $date }
standing-due-new = Has not signed yet
standing-due-new-year = Has to sign for the new school year
standing-due-changed = Has to sign again: the text has changed
standing-due-another = Has to sign another agreement now
signature-line = { $agreement }, version { $version }.
signature-by = Signed by { $name }, { $time }
account-title = Account
account-username = User name
account-state = State
account-open = Open
account-closed = Closed since { $time }
account-resting = Rests until { $time }, after too many wrong passwords
account-must-change = Open; the next sign-in asks for a new password
account-new-password = Make a new password
account-new-password-text = Signs them out everywhere. They change it the first time they sign in.
account-new-pictures-text = Signs them out everywhere and gives them new secret pictures.
account-close = Close the account
account-close-reason = Why?
account-close-text = They are signed out everywhere and cannot sign in. Nothing they did is deleted.
account-reopen = Open the account again
issued-title = A new password
issued-once = This is shown once and kept nowhere. Print it or write it down, and hand it over yourself.
issued-once-all = These passwords are shown once and kept nowhere. Print this page, and hand each person their own line.
issued-password = Password
issued-pictures = Secret pictures, in this order
issued-secret = Password or pictures
issued-change = The first sign-in asks for a new one.
issued-done = It is handed over

## Somebody’s web use

activity-reason-title = Why do you want to look?
activity-whose = This opens the web use of { $name }.
activity-written-down = Your name, the time and your reason are written in the journal first. The headteacher and the chair of governors can read it.
activity-lasts = The page stays open to you for half an hour. After that it asks again.
activity-reason = Your reason
activity-button = Write it down and look
activity-short-day = Kept in short form
activity-open = You gave this reason: “{ $why }”. The page stays open to you until { $time }.
activity-from = From
activity-to = To
activity-pdf = Keep it as a PDF
activity-csv = Keep it as a table (CSV)
activity-column-title = Title or search

## Bringing people in

import-title = Bring people in
import-text = Choose the file from your school’s management system. You see first what it would change. Nothing changes until you say so.
import-button = Read the file
import-columns-title = What the file looks like
import-columns = The first line names the columns. Roles and children may have several, with a semicolon between them.
import-not-a-roster = This file cannot be read as a roster. Its first line must name the columns, as shown below.
import-plan-title = What this file would change
import-nothing = Nothing. Everybody in the file is known just as the file has them.
import-added =
    { $count ->
        [0] Nobody is new
        [one] One person is new
       *[other] { $count } people are new
    }
import-changed =
    { $count ->
        [0] Nobody changes
        [one] One person changes
       *[other] { $count } people change
    }
import-left =
    { $count ->
        [0] Nobody has left
        [one] One person has left
       *[other] { $count } people have left
    }
import-classes =
    { $count ->
        [0] No class is new or changes
        [one] One class is new or changes
       *[other] { $count } classes are new or change
    }
import-more =
    { $count ->
        [one] and one more
       *[other] and { $count } more
    }
import-faults =
    { $count ->
        [one] One line cannot be used and is left out
       *[other] { $count } lines cannot be used and are left out
    }
import-not-theirs = { $name } holds, or would hold, an office that you may not give or change. Nothing about them was taken from the file. Please ask the headteacher.
import-leaving =
    { $count ->
        [one] One person is not in the file. Their account closes, and they are signed out. Nothing they did is deleted.
       *[other] { $count } people are not in the file. Their accounts close, and they are signed out. Nothing they did is deleted.
    }
import-carry-out = Carry it out
import-cancel = Do not, and choose another file
import-done-title = People were brought in
import-no-class = In no class

## The violations register

register-title = Violations register
register-all-terms = All terms
register-any = All entries
register-not-entered = Not entered yet
register-entered = Entered
register-entered-by = Entered by { $name }, { $time }
register-none = No entry fits.
register-entry-number = Entry { $number }
register-kind-unrestricted = Unrestricted time
register-kind-breach = A rule was broken
register-kind-correction = Correction
register-rule = { $agreement }, rule { $number }
register-find-person = To write an entry, first find the person it is about.
register-new = Write in the violations register
register-new-title = Write in the register
register-new-about = About { $name }
register-new-text = An entry cannot be changed later. You can only add a correction beside it. Say what happened and when. Do not guess why.
register-new-label = What happened?
register-new-button = Write the entry
register-rule-none = No rule
register-rule-choice = { $number }. { $text }
register-rule-gone = That rule is not in the agreement any more. Please choose again.
field-rule = Which rule is it about?
field-rule-hint = These are rules that people have signed here, as they are now.
rule-version = Version { $version }, in use since { $date }
rule-version-past = Version { $version }, first used { $date }. A newer version is in use now.
register-corrects = of number { $number }
register-by = Written by { $name }
register-mark = It is in the safeguarding record
register-correct = Correct it
register-correct-title = Correct an entry
register-correct-text = An entry stays as it was written. What you write here becomes an entry of its own, beside it.
register-correct-label = What is right?
register-correct-button = Add the correction

## Unrestricted time

unrestricted-title = Unrestricted time
unrestricted-not-here = This school does not allow unrestricted time.
unrestricted-reason = What do you need it for?
unrestricted-button = Open it for me
unrestricted-will-title = What will happen
unrestricted-will-entry = The violations register gets entry { $number }, with your name and reason.
unrestricted-will-head = { $names } gets a mail at once.
unrestricted-will-open = Pages of every category open for you, wherever you are signed in.
unrestricted-will-sealed = Sealed lists stay shut. Everything is recorded as usual.
unrestricted-will-end = It ends by itself. You can end it earlier.
unrestricted-open = It is open until { $time }
unrestricted-left =
    { $minutes ->
        [one] One more minute
       *[other] { $minutes } more minutes
    }
unrestricted-left-live = Minutes left:
unrestricted-end = End it now
unrestricted-span = from { $from } until { $until }
unrestricted-entry = { $name } opened unrestricted time { $span }. The reason given:
unrestricted-mail-subject = { $name } opened unrestricted time
unrestricted-mail =
    { $entry }

    This is in the violations register of { $school }. This mail was written by Usher. Please do not forward it.

## What was just done

done-session-stretched = You stay signed in.
done-told-seen = Thank you. The others are told that you are seeing to it.
done-asked-yes = The page is open, and they were told.
done-asked-no = They were told.
done-own-password-changed = Your new password is set. Your other sign-ins have ended.
done-password-shown-before = The password was shown before, and is kept nowhere. Make a new one if you need it.
done-account-opened = The account is open again.
done-account-closed = The account is closed. They are signed out everywhere.
done-roles-changed = The offices are changed.
done-leave-changed = The leaving date is set.
done-device-added = The device is added. Lend it from the page of whoever gets it.
done-device-lent = The device is lent.
done-device-back = The device is back.
done-import-gone = That plan is old or was carried out. Choose the file again to see what is left.
done-register-entered = Noted: the entry is in the safeguarding record.
done-register-written = The entry is in the register.
done-register-corrected = The correction is in the register.
done-unrestricted-opened = Unrestricted time is open. The head is told, and it is in the register.
done-unrestricted-ended = Unrestricted time has ended.
done-page-taken-back = The page is shut again.
