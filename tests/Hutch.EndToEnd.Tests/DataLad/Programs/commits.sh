# Makes a dataset, and prints what git is told of it.
make_dataset stone >/dev/null
make_public
git ls-remote "$URL/git/$OWNER/stone"
