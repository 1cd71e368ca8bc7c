# The portal: the school's policy, what carries it out, and asking about an agreement.

policy-link = Our policy
policy-none = The school has not published its policy yet.
policy-by = What carries this out
policy-grown-ups = Grown-ups sign in to read the whole policy.
policy-as-far-as = This holds as far as:
policy-holds = It was tested, and has held since { $day }.
policy-holds-not = It was tested, and has not held since { $day }. The school knows.
policy-tell = Tell somebody
policy-level-enforce = Usher does this by itself, or stops what is not allowed.
policy-level-detect = Usher sees it and tells the people who must act.
policy-level-record = Usher keeps the record of it, so that it can be shown.
policy-level-inform = People do this. Usher shows it to everybody and has it signed.
policy-family-account = About signing in: who may, with what, and for how long.
policy-family-agreement = About agreements: who signs which words, and what happens when they change.
policy-family-visitor = About visitors, who sign in as guests for the day.
policy-family-web = About the web: what opens, for whom and when.
policy-family-network = About the devices that join the school’s network.
policy-family-seen = About what the school sees and records, and who may look.
policy-family-ask = About asking for a page to be opened.
policy-family-tell = About telling somebody when something is wrong.
policy-family-permission = About what needs leave first.
policy-family-mail = About e-mail and messages.
policy-family-picture = About pictures of people.
policy-family-equipment = About the school’s equipment.
policy-family-case = About what follows when a rule is broken.
policy-family-duty = About what people themselves promise to do.

question-title = Ask about an agreement
question-go = Ask about this
question-mine = My questions
question-about = About “{ $title }”
question-reaches = Your question reaches { $names }.
question-words = What would you like to know?
question-words-hint = Say which rule it is about, if it is about one.
question-send = Send my question
question-none = You have not asked anything yet.
question-waits = Waiting for a reply
question-somebody = Somebody at school
question-reply-by = { $name } replied, { $day }
question-nobody = Nobody at school has the job of answering this yet. Please ask at the school office.
question-empty = Please write a few words.
question-mail-subject = { $name } has a question about an agreement
question-mail-text =
    It is about “{ $agreement }”.

    Read it and reply: { $address }
done-question-asked = Your question is sent. The reply will be here.
agreement-only-changed = These are the rules that changed since you signed. What you signed before still holds for the rest.
agreement-whole = Read the whole agreement
