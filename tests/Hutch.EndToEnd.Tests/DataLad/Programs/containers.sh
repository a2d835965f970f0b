# datalad containers-run: the image is content of the dataset like any other, so that whoever has a clone runs the command again in it.
hutch login "$URL" <<<"$TOKEN" >/dev/null
hutch datalad login >/dev/null
make_dataset brain
datalad clone "ria+$URL/ria#$ID" one >/dev/null 2>&1
(cd one && hutch datalad enable >/dev/null)
export PATH=~/.local/bin:$PATH

# An image as DataLad sees it: a file, and a way to call it. Of which kind it is, no part of Hutch ever asks.
{ printf '#!/bin/sh\nexec env BOX=image "$@"\n' && head -c 100000 /dev/urandom; } >image.sif
echo 'wc -c <sub/deep/large.h5 >count.dat && echo "by $BOX" >>count.dat' >one/count.sh
datalad -C one save --message 'How to count' >/dev/null
datalad -C one containers-add box --url "$PWD/image.sif" --call-fmt 'sh {img} {cmd}' >/dev/null
rm image.sif
datalad -C one containers-run --container-name box --message Count --input sub/deep/large.h5 --input count.sh \
    --output count.dat sh count.sh >problems 2>&1
grep -q 'by image' one/count.dat
datalad -C one push --to origin >problems 2>&1

# It is a version of the dataset, with the image and its configuration.
hutch clone brain seen --quiet
cmp one/count.dat seen/count.dat
cmp one/.datalad/environments/box/image seen/.datalad/environments/box/image

# Another clone fetches the image by itself, and gets the same.
datalad clone "ria+$URL/ria#$ID" two >/dev/null 2>&1
[[ ! -e two/.datalad/environments/box/image ]]
[[ ! -L two/.datalad/config ]]
datalad -C two containers-list 2>/dev/null | grep -q '^box'
datalad -C two rerun >problems 2>&1
cmp one/.datalad/environments/box/image two/.datalad/environments/box/image
cmp one/count.dat two/count.dat
[[ $(git -C two rev-parse HEAD) == $(git -C one rev-parse HEAD) ]]
