# Agreements in other languages, as their readers see them.

languages-label = Languages
languages-english = English
languages-beside = Each part stands in both languages. You sign the English words; that you read them in this language is kept with your signature.
languages-missing =
    { $count ->
        [one] One part is in English only.
       *[other] { $count } parts are in English only.
    }
languages-english-only = Not translated yet
agreement-print-large = Large print
agreement-print-symbols = With pictures
agreement-print-plain = Print
languages-not-printable = Our printed letters do not have all signs of this language. Print this page from your browser.
question-at-card = I have a question about rule { $number }: “{ $rule }”
card-question = I have a question
card-asked = We told your teacher. They will talk to you.
