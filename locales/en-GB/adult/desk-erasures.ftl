# Taking somebody out of what is kept.

erasures-title = People taken out
erasures-text = A family may ask the school to forget a child who has left. A code then stands in the child’s place. What was counted stays. It cannot be undone. To begin, go to the child’s page.
erasures-none = Nobody has asked for this.
erasure-waiting = Waits for a second person
erasure-agreed = Confirmed
erasure-refused = Not confirmed
erasure-done = Done
erasure-asked-by = Asked for by { $name }, { $time }
erasure-agreed-by = Confirmed by { $name }, { $time }
erasure-called-off = Called off
erasure-called-off-by = Called off by { $name }, { $time }
erasure-due = It will be carried out on { $time }. Until then it can be called off.
erasure-hindered = It cannot be carried out now.
erasure-call-off = Call it off
erasure-words-of = Names that are looked for:
erasure-refused-by = Not confirmed by { $name }, { $time }
erasure-agree = Confirm: take them out for good
erasure-refuse = Do not confirm
erasure-certificate = Certificate
erasure-new-title = Take somebody out
erasure-new-of = Take { $name } out of what is kept
erasure-new-text = A code will stand in their place in records, web use, mails and the journal. Signatures stay, with the code. A second person of another office has to confirm, and one of you is the headteacher. Then there are seven days to call it off.
erasure-new-before = They must have left, and their account must be closed. Take them out of the roster the school imports, too. A child who is in a case cannot be taken out: the law asks schools to keep those.
erasure-names-title = Names that are looked for
erasure-names-text = Nobody else at the school has these. They are taken out wherever somebody wrote freely, but not out of cases, agreements and policies.
erasure-names-shared = Somebody else has these, so they stay where they stand alone:
field-erasure-words = Single words to take out as well, in what is about this child
field-erasure-words-hint = Tick a word only if it is not an ordinary word too. “Will” or “May” would damage what others wrote.
erasure-ask = Ask a second person
field-erasure-reason = How they asked, and why it may be done
done-erasure-asked = It waits for a second person.
done-erasure-agreed = You confirmed it. It will be carried out in seven days, and then there is a certificate.
done-erasure-called-off = You called it off. Nothing was taken out.
done-erasure-refused = You did not confirm it. Whoever asked sees it.
person-erase = Take them out of what is kept
today-erasures =
    { $count ->
        [one] Somebody is to be taken out of what is kept
       *[other] { $count } people are to be taken out of what is kept
    }
today-erasures-go = Look at it

erasure-certificate-title = Certificate of erasure
erasure-certificate-lead = On { $time } a person was taken out of everything this Usher keeps. This code stands in their place: { $code }
erasure-row-asked = Asked for by
erasure-row-confirmed = Confirmed by
erasure-row-events = Web events of theirs of which only what is counted is left
erasure-row-mentions = Web events of others that named them, and do not now
erasure-row-segments = Parts of the first record of web use that were removed
erasure-row-versions = Versions of records in which the code stands now
erasure-row-lines = Lines of the journal in which the code stands now
erasure-row-mails = Mails in the outbox in which the code stands now
erasure-left-title = What could not be taken out
erasure-left-backups = Back-ups made before this day still hold the person. They go when the school overwrites them. Whoever restores one has to do this again.
erasure-left-sent =
    { $count ->
        [0] No mail that named the person had been sent.
        [one] One mail that named the person had been sent. Its reader has it.
       *[other] { $count } mails that named the person had been sent. Their readers have them.
    }
erasure-left-unread =
    { $count ->
        [0] No picture, PDF or sealed file is kept.
        [one] One picture, PDF or sealed file cannot be searched. It may show the person until its own time is over.
       *[other] { $count } pictures, PDFs and sealed files cannot be searched. Some may show the person until their own time is over.
    }
erasure-left-named =
    { $count ->
        [0] No other text was found that holds one of the names.
        [one] One text still holds one of the names. Cases of others, agreements and policies are left as they are.
       *[other] { $count } texts still hold one of the names. Cases of others, agreements and policies are left as they are.
    }
