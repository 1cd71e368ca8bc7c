# How often what was shut should have been open.

rate-title = Was too much shut?
place-rate = Was too much shut?
rate-text = For each thousand pages that were shut since { $date }: how many were opened because somebody asked. A high figure means that the filter gets in the way of lessons.
rate-all = { $rate } for each thousand pages shut; { $granted } opened in all.
rate-by-category = By what the page is about
rate-by-class = By class
rate-by-week = Week by week
rate-class = Class
rate-week = Week from
rate-refused = Shut
rate-asked = Asked for
rate-granted = Opened
rate-each = Opened for each thousand
rate-none = none shut
rate-other = Another rule
rate-other-pupils = Other pupils
rate-adults = Adults
rate-nobody = Nobody signed in
rate-nothing = Nothing was shut, and nobody asked, this term.
rate-method = Pages are counted, not the pictures and scripts in them. A request counts in the week it was asked. Few people ask, so a low figure does not mean that all was rightly shut.
