# Words around every page a child of seven to eleven sees.

skip-to-main = Go to the page
demonstration = This is just to try. The school is made up.
sign-out = Sign out
back = Back
to-start = Go to the start
listen = Listen

errors-title = Nearly there
error-prefix = Look here:

password-show = Show
password-hide = Hide
password-show-it = Show my password
password-hide-it = Hide my password
password-shown = Now people can see your password
password-hidden = Now your password is hidden

tell-someone = Tell someone
tell-footer = Did something worry you or upset you?
notice-link = What my school can see
sanctions-link = What may happen if a rule is broken

role-headteacher = head teacher
role-senior-leader = a school leader
role-business-manager = the school office
role-safeguarding-lead = the adult who keeps us safe
role-computing-lead = the computing teacher
role-esafety-coordinator = the computing teacher
role-teacher = your teacher

done-signed-in = You are signed in.
done-signed-out = You are signed out. Well done for remembering!
done-signed = Thank you! We have kept your promise.
done-password-known = Well done for saying so! Sign in and choose a new password.
done-password = Your new password works now. Keep it secret.
done-clause = Thank you! You can go online.
