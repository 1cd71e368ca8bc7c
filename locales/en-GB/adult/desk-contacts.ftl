# Contact cards of bodies outside of the school.

contacts-title = Contacts outside school
contacts-text = Letters, referrals and reports use what stands here.
contact-body-provider = Internet provider
contact-body-authority = Local authority or trust
contact-body-human-resources = Human resources
contact-body-police = Police
contact-body-social-services = Social services
contact-body-technicians = Outside technicians
contact-body-insurer = Insurer
contact-body-designated-officer = Local authority designated officer (LADO)
contact-body-prevent = Prevent partnership
contact-none = Nothing is written yet.
contact-change = Change
contact-saved = { $name }, { $time }
contact-name = Name
contact-mail = Mail address
contact-mail-odd = Write one mail address, like name@council.example, or leave it empty.
contact-phone = Telephone
contact-address = Address
contact-note = Anything else
contact-save = Save
done-contact-saved = Saved. The next letter uses it.
