# What breaks a rule and what may follow, made from the school’s own lists.

conduct-title = What breaks a rule, and what may follow
place-what-counts = What breaks a rule
conduct-text = This is the school’s own list, as it stands today. Nobody breaks a rule by seeing something by accident, or by telling somebody.
conduct-kinds = What breaks a rule
conduct-steps = What may follow
conduct-narrowings = How the web may be narrowed for some days
conduct-narrowing-no-web = No web at all
conduct-narrowing-list-only = Only lessons with a list of pages
conduct-narrowing-lesson-only = Only in lessons
conduct-narrowing-supervised-only = Only in rooms with an adult
conduct-narrowing-no-mail = No mail on the web
conduct-pdf = Save it as a PDF
conduct-read = I have read this
conduct-was-read = You read this on { $day }. When the list changes, you are asked to read it again.
conduct-unread-title = Who has not read it yet
conduct-unread-text = When the school changes its list, everybody whose list changed is asked to read it again.
conduct-unread-who = Whose
conduct-unread-staff = Those who work here
conduct-unread-count = { $read } of { $all } have read it.
conduct-unread-none = All of them have read it.
done-conduct-kept = It is noted that you have read this.
done-conduct-changed = The list changed while you read it. Here is the new one.
