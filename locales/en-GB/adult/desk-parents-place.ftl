# The school's own answer in a parent's place.

place-of-parent-title = Answer in a parent’s place
place-of-parent-text = For a child whose parents will not answer, such as a child in care, the school can answer itself. It counts as the parent’s part of the agreement until it ends. The child still signs their own part.
place-of-parent-readers = Only the headteacher and the safeguarding lead read this page. Others see that the school answers, and not why.
place-of-parent-take = The school answers
place-of-parent-end = End it
place-of-parent-end-text = After this the child’s web waits for a parent again.
place-of-parent-ended = Ended by
place-of-parent-entered = { $name }, { $time }
place-of-parent-before = Before
place-of-parent-since = The school answers in a parent’s place since { $date }.
field-decider = Who decided
decider-authority = The local authority
decider-school = The school
field-decided-by = Name of whoever decided
field-decided-by-hint = For example the social worker or the headteacher
field-place-reason = Why no parent answers
field-last-day = Last day
field-last-day-hint = Leave it empty if it has no end yet.
done-place-of-parent-taken = Noted. The school answers in a parent’s place.
done-place-of-parent-left = It has ended. The child waits for a parent again.
