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
erasure-lapsed = Ended: it was not carried out
erasure-lapsed-at = On { $time } it could not be carried out any more, so it ended. Nothing was taken out. It can be asked for again.
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
