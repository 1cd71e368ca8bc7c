# The desk: new words of agreements, written, approved and published.

agreement-drafts-title = New words
agreement-drafts-text = Here an agreement gets new words. They are written first, looked at, and then come into force. Until then everybody goes by the words they have.
agreement-drafts-approval = In this school the governors approve them before anybody is asked to sign.
agreement-drafts-done = Earlier new words
agreement-never = none yet
agreement-in-force = In force: { $version }
agreement-draft-go = Look at the new words
agreement-begin = Write new words
agreement-draft-waits = New words are being written. They wait for the governors.
agreement-draft-approved = New words are being written. The governors have approved them.
agreement-draft-open = New words are being written.
agreement-first-title = An agreement without a title
agreement-first-clause = Write the first rule here.
agreement-draft-version = New words, version { $version }
agreement-changes = What changes
agreement-first-words = These are its first words. Nobody has signed it yet.
agreement-no-changes = Nothing has changed against the words in force.
agreement-was = Before:
agreement-change-new = New
agreement-change-changed = Changed
agreement-change-tidied = Only spelling or signs
agreement-change-moved = Moved
agreement-change-kept-by = The same words, kept by something else
agreement-change-removed = Taken out
agreement-change-heading = The same words under another heading
agreement-part-title = Title
agreement-part-opening = What stands before the rules
agreement-part-declaration = What people say when they sign
agreement-part-parents = What a parent says when they sign beside a child
agreement-part-each-time = The reminder at every sign-in
agreement-part-check = The question before signing
agreement-part-contract-term = Contract of employment
agreement-part-none = Nothing
agreement-answer-right = “{ $answer }” is right: { $reply }
agreement-answer-wrong = “{ $answer }” is wrong: { $reply }
agreement-is-contract = It is a term of the contract of employment.
agreement-heading-none = no heading
agreement-heading-was = Heading: { $now }. Before: { $before }.
agreement-kept-by = Kept by: { $what }
agreement-kept-none = nothing
agreement-kept-was = Kept by: { $now }. Before: { $before }.
agreement-whole-words = All the words
agreement-advice-again = This changes what people signed. They should sign again.
agreement-advice-on = This does not change what people signed. What they signed still counts.
agreement-edit = Change the words
agreement-file = Download as a file
agreement-happened = What happened so far
agreement-did-written = { $name } wrote it, { $time }.
agreement-did-approved = { $name } recorded that the governors approved it, { $time }.
agreement-did-minute = Meeting of { $day }, minute { $minute }.
agreement-did-published = { $name } published it, { $time }.
agreement-did-withdrawn = { $name } gave it up, { $time }:
agreement-sign-again = People sign again.
agreement-sign-on = Signatures still count.
agreement-approve-title = The governors approved it
agreement-approve-text = Record it here after the meeting. It stands for exactly these words: when one changes, they need to approve it again.
field-agreement-meeting = Day of the meeting
field-agreement-minute = Where the minutes say so
field-agreement-minute-hint = Such as 7.2
agreement-meeting-missing = Please give the day of the meeting.
agreement-approve = Record the approval
agreement-withdraw-title = Give these words up
field-agreement-withdraw = Why
field-agreement-withdraw-hint = Nothing is lost: what was written stays in the journal, and you can begin again at any time.
agreement-withdraw-button = Give them up

## Writing

agreement-edit-text = One line for each rule, with “- ” before it. A line with “## ” before it is a heading. The marks in curly brackets say which rule it is and what keeps it; leave them, and a rule stays the same rule when its words change. A new rule gets its mark by itself.
field-agreement-rules = The rules
field-agreement-title = Title
field-agreement-mark = Version
field-agreement-mark-hint = What people know it by: a year, or a year and a letter.
field-agreement-opening = What stands before the rules
field-agreement-declaration = What people say when they sign
field-agreement-parents = What a parent says when they sign beside a child
field-agreement-each-time = The reminder at every sign-in
agreement-head = Title, version and what people say when they sign
agreement-keep = Keep these words
agreement-look = Show how it looks
agreement-looks = How it will look
agreement-faults =
    { $count ->
        [one] One thing is not right yet
       *[other] { $count } things are not right yet
    }
agreement-edit-conflict = Somebody else kept other words while you were writing. Yours are still here. Below you see what they would change in theirs. Keep them again to put yours in their place.
agreement-edit-over = These words were published or given up while you were writing. Yours are still here: copy them, and begin new words.
agreement-no-control = There is no control called { $id }. The ledger names those there are.

## Publishing

agreement-publish-go = Go on to publishing
agreement-publish-title = Publish new words
agreement-publish-what = { $title }, version { $version }
agreement-approved-line = Approved by the governors. { $minute }
agreement-unkept =
    { $count ->
        [one] One rule is not kept in full now
       *[other] { $count } rules are not kept in full now
    }
agreement-unkept-text = You can still publish. The ledger will show these as promises that are kept in part, or not.
agreement-kept-by-nothing = Nothing keeps this.
agreement-not-true = This does not hold now, or is not built yet: { $what }
field-agreement-again = Do people who signed the words before sign again?
agreement-again-yes = Yes, they sign again
agreement-again-no = No, what they signed still counts
agreement-due =
    { $count ->
        [0] Nobody who has signed is asked again.
        [one] One person is asked to sign.
       *[other] { $count } people are asked to sign.
    }
field-agreement-minor-why = If they do not sign again: why
field-agreement-minor-why-hint = Rules have changed, so this needs a reason. It is kept in the journal.
agreement-publish-means = The new words come into force at once. The earlier words stay kept, with everybody who signed them. To go back, write them again as new words.
agreement-publish = Publish

## What was done

done-agreement-draft-there = Somebody is already writing new words for this agreement. Here they are.
done-agreement-draft-begun = The new words begin as a copy of those in force.
done-agreement-draft-over = These words are done with. Begin new ones to change the agreement.
done-agreement-kept = Your words are kept. Nobody is asked to sign them yet.
done-agreement-approved = The approval is recorded.
done-agreement-withdrawn = The new words are given up. Everybody goes on with those in force.
done-agreement-published = The new words are in force.
done-agreement-looked-again = The words changed while you looked. Please look again.

## Questions about agreements

questions-title = Questions about agreements
question-desk-text = Parents’ questions reach the teachers of the class, staff’s the e-safety co-ordinator or the head, everybody else’s the computing lead. Your reply closes a question.
question-none-waiting = Nobody waits for a reply from you.
question-answer = Read and reply
question-answered = Answered
question-send-reply = Send the reply
question-closes = They see your reply when they sign in, and by e-mail where we have an address. It closes the question.
field-question-reply = Your reply
question-reply-subject = Your question about “{ $agreement }”
question-reply-text =
    { $name } replies:

    { $words }
done-question-replied = Your reply is sent. The question is closed.
today-questions =
    { $count ->
        [one] A question about an agreement waits for you
       *[other] { $count } questions about agreements wait for you
    }
today-question-text = { $name } asks about “{ $agreement }”

## Reviews

reviews-title = Reviews of the policy
reviews-text = How risks are lowered is looked at again with colleagues from other schools and on the authority’s advice. Each review is written down here and stays.
reviews-none = No review is written down yet.
reviews-next = The next review is due on { $day }.
reviews-overdue = A review was due on { $day }.
reviews-new-title = Write down a review
reviews-keep = Keep this review
reviews-stays = What you write stays. To put something right, write down another review.
reviews-day-missing = Please give a day.
reviews-next-odd = The next review has to be after this one.
reviews-nobody = Please say who was consulted.
reviews-nothing = Please say what was decided, even if nothing changes.
field-review-day = Day of the review
field-review-consulted = Who was consulted
field-review-consulted-hint = Colleagues from other schools, the local authority or trust
field-review-decisions = What was decided
field-review-next = When the next is due
done-review-kept = The review is written down.
today-review = The policy is due for review
today-review-go = Go to the reviews
today-words-approve = New words of an agreement wait for the governors
today-words-publish = New words of an agreement are approved and can be published

## Other policies

linked-title = Other policies
linked-text = Policies that are read together with this one. A rule or a register entry can cite them, and the link opens the document.
linked-none = No other policy has been brought in yet.
linked-new-title = Bring in a policy
linked-renew-title = A newer edition: { $title }
linked-renew = Newer edition
linked-keep = Keep it
linked-stays = Earlier editions stay, and what cited them still opens them.
linked-column-policy = Policy
linked-column-review = Looked at again
linked-column-cite = To cite it in a rule
field-linked-name = Title
field-linked-version = Version
field-linked-version-hint = Such as 2026
field-linked-review = When it is looked at again
field-linked-file = The document, a PDF
linked-file-odd = Please choose a PDF of at most 8 megabytes.
linked-review-past = That day is past. Please give the day it will be looked at next.
linked-name-missing = Please give its title.
linked-version-there = There is an edition with this version already.
linked-there = There is a policy with this title already. Bring in a newer edition of it.
done-linked-kept = The policy is in the register.
field-entry-policy = Another policy it goes against
register-no-policy = None
register-policy = { $title }, version { $version }

## Posters

posters-title = On the wall
posters-text = The rules for children hang in every classroom and computer room. Print them, put them up, and tick the room.
posters-none = The school has no rooms yet: neither classes nor devices name one.
posters-without =
    { $count ->
        [0] Every room has the rules of now.
        [one] One room is without the rules of now.
       *[other] { $count } rooms are without the rules of now.
    }
posters-now = Put up by { $name }, { $day }
posters-old = Older rules, put up by { $name }, { $day }
posters-nothing = No rules hang here
posters-up = They hang here now
posters-gone = They are gone
done-poster-noted = The room is noted.
report-column-contract = Contract term
report-contract-is = yes
report-contract-is-not = no

## Whom and what the policy covers

scope-groups-title = Who is covered
scope-groups-text = Each group of people, what it signs before the web opens, and how it is filtered. How groups are filtered is part of the filter’s policy.
scope-column-group = Group
scope-column-signs = Signs
scope-column-filter = Filtered as
scope-by-year = By school year
scope-no-web = No web
scope-out = Not covered
scope-change = Change
scope-change-title = What a group signs
scope-signs-nothing = Nothing: the group is not covered
scope-at-once = This holds at once. To undo it, change it back here.
scope-keep = Keep this
field-scope-kind = Group
field-scope-signs = What they sign
field-scope-why = Why
done-scope-changed = The group is changed. Whoever has to sign is in the list of those who still have to.
scope-technologies-title = Technologies
scope-technologies-text = What the policy covers, and where you see what is done about it.
scope-technologies-none = The policy names no technology.
scope-technology-title = Add a technology
scope-remove = Take out
field-scope-name = What people call it
field-scope-name-hint = The name of one in the list changes where it leads.
field-scope-leads = Where it leads
scope-register-equipment = The equipment book
scope-register-signatures = The register of signatures
scope-register-violations = The violations register
scope-category-text = What happens to these pages during lessons, for each group.
scope-not-sorted = as pages that nobody has sorted
done-scope-covered = The technology is in the list.
done-scope-uncovered = The technology is taken out. Add it again to undo this.
agreement-paper = Print
agreement-paper-large = Print large
today-not-put-out = People have no web, because what they are to sign is not in force
today-not-put-out-text = Not in force yet: { $which }. Publish it; where the governors approve it, record that first.
today-not-put-out-go = Go to the agreements
