# cadaver: folders, files, copies, moves, locks and properties, typed as commands.
export HOME=$PWD/home
mkdir home
host=${URL#http://}
printf 'machine %s\nlogin %s\npassword %s\n' "${host%%:*}" "$OWNER" "$TOKEN" >home/.netrc
echo one >one
head -c 300000 /dev/urandom >two
cat >commands <<'COMMANDS'
mkcol d
cd d
put one one.txt
copy one.txt copied
move copied moved
lock moved
put two moved
unlock moved
get moved ../got
propset moved color red
propget moved color
delete one.txt
delete moved
cd ..
ls
quit
COMMANDS
sed -i "s#^get moved .*#get moved $PWD/got#" commands
cadaver "$URL/" <commands >printed 2>&1
cat printed
not grep -iE 'failed|error' printed
grep -q 'Value of color is: red' printed
grep -q '^Coll: *d ' printed
cmp two got
