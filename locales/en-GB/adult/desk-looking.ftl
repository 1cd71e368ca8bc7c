# Reviews of web use by leaders, and the register of examinations.
activity-reviews-title = Looking through web use
activity-reviews-text = Leaders look through a sample of the school’s web use from time to time, without names, and sign what they think of it. Nobody chooses what is in the sample.
activity-reviews-due = The next review is due on { $day }.
activity-reviews-overdue = A review was due on { $day }.
activity-reviews-begin = Begin a review
activity-reviews-go-on = Go on with the review that is open
activity-reviews-none = No review has been signed yet.
activity-review-title = A review of web use
activity-review-span = From { $from } to { $until }
activity-review-signed = Signed by { $name }, { $date }
activity-review-counts = In this time { $opened } pages were opened and { $refused } were shut. Here are up to 15 of each.
activity-review-method = Drawn by chance from pages somebody signed in asked for; parts of pages are left out. Children are shown by class, adults as a group and by site. To look at one person’s web use, give a reason on their own page.
activity-review-empty = Nobody used the web in this time.
activity-review-time = Time
activity-review-comments = What you think of it, and what follows
activity-review-stays = What you sign stays. It cannot be changed later.
activity-review-sign = Sign this review
done-activity-review-signed = The review is signed.
done-activity-review-open = A colleague has begun a review. You can go on with it.
today-activity-review = Web use is due to be looked through
today-activity-review-go = Go to the reviews

exams-title = Examinations of files and mail
exams-text = The school may look at files and mail on its systems. Each time says whose, where and why, and a second person has to agree first. What is written here stays. To ask for one, go to the person’s page.
exams-none = Nobody has asked to examine anything.
exam-of = { $place } of { $name }
exam-waiting = Waits for a second person
exam-agreed = May be carried out
exam-refused = Not agreed to
exam-over = Over
exam-asked-by = Asked for by { $name }, { $time }
exam-agreed-by = Agreed to by { $name }, { $time }
exam-refused-by = Not agreed to by { $name }, { $time }
exam-over-by = Written down by { $name }, { $time }
exam-agree = Agree
exam-refuse = Do not agree
exam-close = It is over
exam-new-title = Ask for an examination
exam-new-of = Examine things of { $name }
exam-new-text = The headteacher, or somebody beside the headteacher, has to agree before you look. Where the headteacher’s own things are meant, the chair of governors does. The person it is about does not see this entry.
exam-ask = Ask a second person
exam-place-needed = Please say what is to be looked at.
exam-outcome-needed = Please write down what was found and done.
field-exam-place = What is to be looked at
field-exam-place-hint = A mailbox, a folder, a laptop
field-exam-reason = Why
field-exam-outcome = What was found, copied or deleted
done-exam-asked = It waits for a second person.
done-exam-agreed = You agreed. Whoever asked sees it.
done-exam-refused = You said no. Whoever asked sees it.
done-exam-over = It is written down.
today-exams = { $count ->
    [one] An examination of files waits for you as the second person
   *[other] { $count } examinations of files wait for you as the second person
 }
today-exams-go = Look at it
person-examine = Ask to examine files or mail
