# Prints what git is told of the dataset that commits.sh made.
git ls-remote "$URL/git/admin/stone"
