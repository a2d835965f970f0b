# Decomposed spellings of names: each is refused by name, a second sync removes and sends nothing, and no move loses an object.
composed=$'caf\u00e9.txt' decomposed=$'cafe\u0301.txt'
mkdir tree
echo plain >tree/plain.txt
echo composed >"tree/$composed"
for name in $'u\u0308.txt' $'\u212b.dat' $'\ufa19\u793e.txt'; do echo "$name" >"tree/$name"; done
kept="$composed plain.txt"

for bucket in by-aws by-s3cmd by-rclone; do aws s3 mb "s3://$bucket" >/dev/null; done
for round in 1 2 3; do
    not aws s3 sync --delete --no-progress tree s3://by-aws >aws-$round 2>&1
    s3cmd sync --delete-removed tree/ s3://by-s3cmd/ >s3cmd-$round 2>&1 || true
    not rclone sync -v --retries 1 --low-level-retries 1 tree h:by-rclone 2>rclone-$round
    for bucket in by-aws by-s3cmd by-rclone; do [[ $(keys $bucket | tr ' ' '\n' | sort | xargs) == "$kept" ]]; done
done
not grep -qi '^delete' aws-* s3cmd-*
not grep -q Deleted rclone-*
not grep -q '^upload:' aws-2 aws-3
not grep -q Copied rclone-2 rclone-3

# A move to another spelling is refused, and its object stays.
not aws s3 mv "s3://by-aws/$composed" "s3://by-aws/$decomposed" >said 2>&1
not s3cmd mv "s3://by-s3cmd/$composed" "s3://by-s3cmd/$decomposed" >said 2>&1
not rclone moveto --retries 1 --low-level-retries 1 "h:by-rclone/$composed" "h:by-rclone/$decomposed" 2>said
for bucket in by-aws by-s3cmd by-rclone; do [[ $(aws s3 cp "s3://$bucket/$composed" -) == composed ]]; done
