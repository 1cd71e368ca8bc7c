# Why a page is not open, for children of five to seven.

reason-lockdown = It is closed now.
reason-sealed = This page is not for school.
reason-forbidden-address = This page is not for school.
reason-sign-in = Tap your class first.
reason-accept-clause = Say yes to our rules first.
reason-sign-agreement = Look at our rules first.
reason-parent-missing = A grown-up at home says yes first.
reason-sanction-no-web = Not now.
reason-sanction-list-only = Look at the pages your teacher picks.
reason-sanction-lesson-only = You can go on in a lesson.
reason-no-lesson = Ask your teacher to start.
reason-not-in-lesson-list = This is not for this lesson.
reason-outside-hours = It is closed now.
reason-malware = This could hurt the computer.
reason-unscanned = We could not check this.
reason-carries = This is not for school.
reason-leaving = Ask a grown-up first.
reason-says = This page is not for school.
reason-unsafe-search = This page is not for school.
reason-image-search-outside-lesson = Look for pictures in a lesson.
reason-image-search = This page is not for school.
reason-rule = This page is not for school.
reason-category = This page is not for school.
reason-unknown = This page is not for school.
reason-no-group = Ask your teacher.
