# The desk: the children's rules that go to parents at the start of the year.

sent-title = Rules to parents
sent-text = In the first weeks of each school year every parent is sent the rules of their children. A parent without an e-mail address, or whose mail does not arrive, is given paper.
sent-not-asked = The school does not ask for it now; the settings do, with rules-to-parents.
sent-none = Nothing has been sent yet. It goes out by itself when the autumn term begins.
sent-year = School year from { $day }
sent-counts = { $all } parents: { $gone } have the mail, { $paper } are to be given paper.
sent-waiting = The mail is about to go out.
sent-gone = Sent by e-mail, { $time }
sent-failed = The mail did not arrive, { $time }: { $why }. It is tried again.
sent-paper = No e-mail address: give them paper
sent-given = Given on paper by { $name }, { $time }
sent-print = Print for those without mail
sent-printed = Printed by { $name }, { $time }. It is not given out yet.
sent-all-given =
    { $count ->
        [one] The one that was printed is given out
       *[other] All { $count } that were printed are given out
    }
sent-given-one = Has the paper now
sent-nobody = Nobody of that name.
sent-more =
    { $count ->
        [one] One more. Look for a name to find them.
       *[other] { $count } more. Look for a name to find them.
    }
done-sent-given = Noted.
done-sent-no-paper = There is nobody to print for.
