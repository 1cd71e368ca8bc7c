# Lessons at the desk: starting one, seeing it live, opening pages in it, and the lists prepared for them.

## Starting

lessons-title = Lessons
lessons-open-title = Open now
lessons-open-more = until { $time }, { $adult }
lessons-mine-title = My classes
lessons-any-title = Any class
lessons-search = Find a class
lessons-none-found = No class has this name.
lesson-quick = Open for { $class } until { $time }
lesson-otherwise = With other settings
lesson-choose-list = Choose a list for { $class }
lesson-start-title = Start a lesson for { $class }
lesson-start-button = Open the web for { $class }
lesson-already-open = { $class } has a lesson open until { $time }. Starting another ends it.
lesson-see = Go to it
lesson-no-lists = This class works from lists of pages, and none is ready for it.
lesson-make-list = Make one
mode-normal = The web, with the school’s filter
mode-normal-hint = They can open everything the school lets their age group open.
mode-list = Only the pages of “{ $name }”
mode-list-hint =
    { $pages ->
        [one] One page
       *[other] { $pages } pages
    }
mode-missing = Choose what is open in the lesson.
until-bell = The end of { $lesson }, { $time }
until-minutes = { $minutes } minutes, until { $time }
until-missing = Choose when it ends.
field-mode = What is open?
field-room = Room
field-room-hint = If it is not the usual one

## The lesson as it happens

lesson-title = Lesson of { $class }
lesson-title-room = Lesson of { $class }, { $room }
lesson-end = End the lesson
lesson-undo-end = Take the lesson up again
lesson-look-again = Look again
lesson-more = More: another end, another page
lesson-extend = Move the end
lesson-add-page = Add it to the list
lesson-see-list = See the whole list
field-add = One more page for the list
field-add-hint = For example: encyclopaedia.example/volcanoes

board-over = This lesson is over.
board-ended = Over
board-start-another = Start another
board-ends =
    { $minutes ->
        [one] Until { $time }, one more minute
       *[other] Until { $time }, { $minutes } more minutes
    }
board-list-only = Only “{ $list }”
board-normal = The school’s filter
board-signed-in = { $here } of { $all } signed in
board-needs-count =
    { $count ->
        [0] Nothing needs you.
        [one] One thing needs you.
       *[other] { $count } things need you.
    }
board-needs-title = Needs you
board-calm = Nothing needs you. You can teach.
board-told = { $name } told you about something
board-told-do = Go and see them. They have done nothing wrong.
board-seen = I am seeing to it
board-asks = { $name } asks for { $page }
board-open = Open for { $class } until { $time }
board-open-otherwise = Look closer
board-not-now = Not now
board-own-words = Answer in your own words
board-sealed = Nobody can open this
board-more-sites =
    { $sites ->
        [one] One site more
       *[other] { $sites } sites more
    }
board-opened-title = Open for this lesson
board-opened-until = until { $time }
board-take-back = Shut it again
board-class-title = { $class }
board-somebody = A shared sign-in
board-shared = Shared sign-in at { $device }
board-and-more = { $names } and { $more } more
board-tries =
    { $count ->
        [one] one try
       *[other] { $count } tries
    }
tile-absent = Not signed in
tile-fine = Fine
tile-due = Has an agreement to sign
tile-blocked = Met a block at { $time }: { $site }
tile-asked = Asks for a page
tile-told = Told you

## Opening a page in a lesson

open-title = Open a page for the lesson
open-about = The site is also known for: { $subjects }.
open-this-page = { $page }
open-this-page-hint = This page and what lies below it
open-this-site = { $site }
open-this-site-hint = The whole site
open-consequence = It opens for { $class } until { $time }. Then it is as it was.
open-usual-reason = Lesson of { $class }: { $page }
answer-title = Answer a child
answer-button = Tell them
field-answer = Your answer

## Lists for lessons

lesson-lists-title = Lists for lessons
lesson-lists-search = Name of the list
lesson-lists-none = No list fits. Make one before the lesson: its pages are all the class sees.
lesson-list-new = Make a list
lesson-list-new-title = A new list
lesson-list-title = A list for lessons
list-save = Keep the list
list-checked-by = Checked by { $name }, { $time }
list-unchecked = Not checked yet
list-tick-goes = If you change the pages, look at them again and tick the box below.
list-no-pages = Type at least one page.
list-name-missing = Give the list a name.
list-line-odd = Line { $line }: “{ $text }” is not an address. Write it like encyclopaedia.example/volcanoes.
list-line-query = Line { $line }: leave out what follows ? or # in “{ $text }”.
list-line-sealed = Line { $line }: nobody can open “{ $text }”.
list-takes-two = Opening “{ $page }” takes two people with different roles, so it cannot be put into a list. Ask for it under Permissions.
list-too-long = Line { $line }: a list has 200 pages at most, so “{ $text }” has no room.
field-pages = Pages
field-pages-hint = One a line, for example: encyclopaedia.example/volcanoes
field-checked = Checked
field-checked-tick = I have looked at each of these pages today

## What was just done

done-page-opened = The page is open for the class.
done-page-added = The page is in the list, and open.
done-lesson-extended = The end of the lesson has moved.
done-lesson-ended = The lesson is over. The web is closed for the class.
done-lesson-resumed = The lesson goes on.
done-list-saved = The list is kept and ready for lessons.
done-list-saved-unchecked = The list is kept. Tick that you have checked its pages before you use it.
