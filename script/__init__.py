"""Commands for people; what they do is in script/lib/."""
