# On the way into another web site with one's own sign-in here.

service-agree-text = It cannot see your password. You are asked this once.
service-agree-no = Not sure? Close this page and ask a grown-up. Nothing is sent.
service-no-shared = This needs your own sign-in. You used your year group’s one.
service-no-shared-do = Go back and use your own name and password. If you have none, ask your teacher.
service-sign-in-forgot = Forgotten your password? Ask your teacher.
service-no-closed-do = Ask your teacher for help.
service-no-web-do = Talk to your teacher if you need this for your work.
