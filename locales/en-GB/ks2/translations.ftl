# Agreements in other languages, in a child's words.

languages-beside = You can read each rule in two languages.
languages-missing =
    { $count ->
        [one] One part is in English.
       *[other] { $count } parts are in English.
    }
languages-english-only = In English
