# Makes a dataset with two versions, and pushes a third with git.
login
make_dataset rock >/dev/null
make_public
git clone --quiet "$URL/git/$OWNER/rock" clone
echo 'words by git' >clone/a.txt
git -C clone add .
git -C clone commit --quiet --message 'By git'
git -C clone push --quiet origin HEAD
