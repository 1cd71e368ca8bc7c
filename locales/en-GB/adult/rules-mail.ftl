# The mail that takes the children's rules home at the start of the year, and the same on paper.

rules-mail-subject = { $school }: our computer rules, { $year }
rules-mail-text =
    Dear { $name },

    A new school year has begun. These are our rules for computers and the internet, for { $children }. Please read them together, and talk about whom your child can tell when something online is not right.

    { $rules }

    You can read them at any time at { $place }.
report-rules-title = Our computer rules for this year
report-rules-for = For { $name }, about { $children }
report-rules-read = Please read these rules together, and talk about whom your child can tell when something online is not right.
