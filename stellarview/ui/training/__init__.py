"""The workspace where a model learns the user's own labels: what is given, what it is like, how it is trained."""
