# A mail that says that there is something, and not what.

news-mail-subject = { $school }: something new for you at the desk
news-mail-text = There is something new for you at the desk. For safety, this mail says nothing more about it. See it here: { $link }
