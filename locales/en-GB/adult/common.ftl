# Words that stand around every page, and names of things all pages use.

skip-to-main = Skip to the page
demonstration = This is the demonstration. The school and everybody in it are invented.
places = Where to go
sign-out = Sign out
back = Back
to-start = Go to the start
listen = Listen
credits = Pictures: OpenMoji (CC BY-SA 4.0). Icons: Lucide.

errors-title = Please look at this again
error-prefix = Error:

password-show = Show
password-hide = Hide
password-show-it = Show the password
password-hide-it = Hide the password
password-shown = Your password can be seen
password-hidden = Your password is hidden

tell-someone = Tell someone
notice-link = What the school can see
sanctions-link = What may follow when a rule is broken
certificate-link = Set up a device

## What people are to the school

kind-pupil = Pupil
kind-staff = Staff
kind-supply = Supply staff
kind-student = Student on placement
kind-volunteer = Volunteer
kind-contractor = Contractor
kind-governor = Governor
kind-parent = Parent or carer
kind-visitor = Visitor

## The offices they hold, as they stand in a sentence: "Ask the headteacher."

role-headteacher = headteacher
role-senior-leader = senior leader
role-business-manager = school business manager
role-safeguarding-lead = safeguarding lead
role-computing-lead = computing lead
role-esafety-coordinator = e-safety co-ordinator
role-teacher = class teacher
role-support-staff = support staff
role-office = school office
role-technician = ICT technician
role-chair-of-governors = chair of governors

## What was just done

done-signed-in = You are signed in.
done-signed-out = You are signed out. Thank you.
done-signed = Thank you. Your signature is kept.
done-signed-for-child = Thank you. Your signature beside your child’s is kept.
done-password-known = Thank you for saying so. You are signed out everywhere. Sign in to choose a new password.
done-password = Your new password is set. Use it from now on.
done-clause = Thank you. The web is open for you.
