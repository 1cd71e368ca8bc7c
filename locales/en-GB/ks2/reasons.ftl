# Why a page is not open, for children of seven to eleven. The kind of page is named only where its name can frighten
# nobody.

reason-own-page = This is one of your school’s own pages.
reason-lockdown = The internet is closed for everyone at the moment.
reason-kept-in-lockdown = This page stays open.
reason-sealed = This page is not for school.
reason-forbidden-address = This is not a page to look at.
reason-sign-in = Nobody is signed in on this computer.
reason-accept-clause = You have not said yes to the rules yet.
reason-sign-agreement = You have not signed your rules yet.
reason-parent-missing = A grown-up at home has not said yes yet.
reason-sanction-no-web = The internet is closed for you for now.
reason-sanction-list-only = For now you can open the pages your teacher picks.
reason-sanction-lesson-only = For now you can go online in lessons.
reason-granted = Your teacher opened it.
reason-embedded-in = It is part of a page your teacher opened.
reason-malware = This file could harm the computer.
reason-unscanned = We could not check if this file is safe.
reason-carries = We do not use files like this one at school.
reason-leaving = It has { $kind } in it.
reason-says = { $category }
reason-unrestricted = It is open for now.
reason-no-lesson = Your teacher has not started the lesson yet.
reason-in-lesson-list = It belongs to your lesson.
reason-embedded-in-lesson-list = It is part of a page for your lesson.
reason-not-in-lesson-list = It is not one of the pages for this lesson.
reason-outside-hours = The internet is closed { $period }.
reason-unsafe-search = We use other ways to search at school.
reason-image-search-outside-lesson = You can look for pictures and films in lessons.
reason-image-search = We do not look for pictures and films here.
reason-rule = This page does not work at school.
reason-category = { $category }
reason-category-open = This page is open.
reason-unknown = Nobody has checked this page yet.
reason-unknown-open = This page is open.
reason-no-group = We do not know your class yet.

period-lesson = in lessons
period-break = at break
period-lunch = at lunch
period-before-school = before school
period-after-school = after school
period-closed = today

sent-name = somebody’s name
sent-phone = a phone number
sent-postcode = an address
sent-email = an email address
sent-card-number = a bank card number
sent-sign-up = a form to join a website
sent-checkout = a form to buy something
sent-unkind-words = words that could hurt somebody
sent-meeting = a plan to meet somebody
sent-against-school = unkind words about our school
sent-picture = a picture, film or sound
sent-unread = something we could not check
