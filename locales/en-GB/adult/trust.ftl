trust-title = The schools of the trust, { $from } to { $until }
trust-finding =
    { $school ->
        [none] No school had anything kept from a reader.
       *[other] Most was kept from readers, for its size, at { $school }.
    }
trust-described = Pages kept from readers for each 100 pupils: most at { $first } with { $most }, and { $median } at the school in the middle.
trust-school = School
trust-row = Row
trust-row-of-table = Row of the table
trust-pupils = Pupils
trust-requests = Requests per 100 pupils
trust-blocked = Kept from readers per 100 pupils
trust-found = Of concern per 100 pupils
trust-unnamed = School { $number }
trust-unknown = not known
trust-note = A difference between schools is a question, not an answer: rules, devices and lessons differ. A school that does not say how many pupils it has is at the end.
