# The desk: agreements in other languages, in large print and with pictures.

translations-title = Other languages
translations-text = Here an agreement is written in another language. Readers see it beside the English once a second person has approved it. What they sign stays the English text; their signature says which translation they read.
translations-none = In English only so far.
translation-add = Add a language
translation-shown = Readers can choose it.
translation-shown-waits = Readers can choose the words approved before. Newer words wait for approval.
translation-waits = It waits for approval. Readers do not see it yet.
agreement-paper-symbols = Print with pictures

translation-begin-title = Another language: { $title }
translation-begin = Begin
translation-begin-means = Where an earlier version has been translated, what has not changed comes along.
field-translation-tag = Language tag
field-translation-tag-hint = A short code: pl for Polish, ur for Urdu, zh-Hant for traditional Chinese
field-translation-name = What its readers call it
field-translation-name-hint = Such as Polski
field-translation-by = Who translated it
field-translation-by-hint = A name. It may be somebody outside the school.
translation-tag-odd = Please give the code of a language other than English, such as pl.
translation-name-missing = Please say what its readers call the language.
translation-by-missing = Please say who translated it.
translation-there = This agreement is being written in this language already. Open it on the list.
translation-too-long = One of the parts is longer than three pages. Please shorten it.
translation-conflict = Somebody else kept other words while you were writing. Yours are still here. Keep them again to put yours in their place.

translation-title = { $title }: { $language }
translation-edit-title = Write: { $title }, { $language }
translation-edit-text = One box for each part, with the English above it. A part you leave empty is shown in English, and the page says so.
translation-edit-means = Readers see these words when a second person has approved them.
translation-keep = Keep these words
translation-edit = Change the words
translation-missing =
    { $count ->
        [one] One part is not translated yet and is shown in English.
       *[other] { $count } parts are not translated yet and are shown in English.
    }
translation-not-yet = Not translated yet
translation-not-printable = Our printed letters do not have all signs of this language, so there is no PDF. Readers print the page from their browser.
translation-column-piece = Part
translation-column-words = In this language
translation-column-english = English
translation-approve = Approve these words
translation-approve-means = Approve only what somebody who reads this language has checked. Readers can choose it at once.
translation-another = You wrote these words. Somebody else has to approve them.
translation-withdraw = Take it back
translation-withdraw-means = Readers then see the English only. Approve it again to bring it back.
translation-did-write = { $name } wrote it down, { $time }. Translated by { $translator }.
translation-did-approve = { $name } approved it, { $time }.
translation-did-withdraw = { $name } took it back, { $time }.
translation-piece-title = Title
translation-piece-opening = Before the rules
translation-piece-heading = Heading
translation-piece-clause = Rule { $number }
translation-piece-ask = Question before signing
translation-piece-answer = Answer
translation-piece-reply = Reply to it
translation-piece-declaration = What is said when signing
translation-piece-parents = What a parent says
signature-read-in = { $name }, in the words { $text }
column-read-in = Read in

done-translation-begun = The language is added. Nobody sees it yet.
done-translation-kept = The words are kept. They wait for a second person.
done-translation-approved = Readers can choose this language now.
done-translation-withdrawn = Readers see the English only.
done-translation-changed = The words changed while you looked. Please look again.
