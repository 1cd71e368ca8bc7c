# Words around every page a child of five to seven sees.

demonstration = This is just to try.
sign-out = Finish
listen = Listen
back = Back

tell-someone = Tell
tell-footer = Are you sad or not sure?
notice-link = What my school can see
sanctions-link = If we break a rule

errors-title = Try again

done-signed-in = You are in!
done-signed-out = Bye-bye! See you soon.
done-signed = Well done! Thank you.
done-clause = Thank you!
