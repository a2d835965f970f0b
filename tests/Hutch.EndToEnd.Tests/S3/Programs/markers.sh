# Markers of folders: what one program makes, the others list, copy and keep, in two syncs in a row.
for bucket in marked copied; do aws s3 mb "s3://$bucket"; done
for key in empty/ folder/ folder/sub/; do aws s3api put-object --bucket marked --key $key >/dev/null; done
echo x | aws s3 cp --quiet - s3://marked/folder/x
echo y | aws s3 cp --quiet - s3://marked/folder/sub/y
all='empty/ folder/ folder/sub/ folder/sub/y folder/x'
[[ $(keys marked) == "$all" ]]

for round in 1 2; do
    aws s3 sync --delete s3://marked s3://copied >aws-$round
    aws s3 sync --delete s3://marked down >down-$round
    aws s3 sync --delete down s3://marked >up-$round
    s3cmd sync --delete-removed s3://marked/ down/ >s3cmd-$round
    rclone sync -v h:marked h:copied 2>rclone-$round
done
[[ $(cat aws-2 down-2 up-1 up-2) == '' ]]
not grep -q delete s3cmd-1 s3cmd-2
not grep -Eq 'Deleted|Copied' rclone-1 rclone-2
[[ $(keys marked) == "$all" ]]
# Programs differ in whether they copy markers, but none takes them away.
[[ $(keys copied | tr ' ' '\n' | grep -v '/$' | xargs) == 'folder/sub/y folder/x' ]]
[[ $(cd down && find . -type f | sort | xargs) == './folder/sub/y ./folder/x' ]]

# Without the marker, the files stay; without the files, the marker.
aws s3api delete-object --bucket marked --key folder/
aws s3 rm --quiet s3://marked/folder/sub/y
[[ $(keys marked) == 'empty/ folder/sub/ folder/x' ]]
hutch clone marked clone --quiet
[[ $(cd clone && find . -path ./.hutch -prune -o -print | sort | xargs) == '. ./empty ./folder ./folder/sub ./folder/x' ]]
aws s3 rm --quiet --recursive s3://marked
[[ $(keys marked) == None ]]
aws s3 rb s3://marked
