# s3fs: a mounted bucket as a folder.
/usr/bin/aws --endpoint-url "$S3_URL" s3 mb s3://from-s3fs
if [[ ! -w /dev/fuse ]]; then echo 'no mounts here: /dev/fuse cannot be opened' && exit 0; fi
(umask 077 && echo "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" >keys)
head -c 30000000 /dev/urandom >big
mkdir mount
s3fs from-s3fs mount -o passwd_file=keys,url="$S3_URL",use_path_request_style,multipart_size=10
trap 'fusermount -u mount || umount mount || true' EXIT
echo hello >mount/file
mkdir mount/folder
cp big mount/folder/big
cmp big mount/folder/big
mv mount/file mount/folder/moved
[[ $(cat mount/folder/moved) == hello ]]
chmod 600 mount/folder/moved
[[ $(stat -c %a mount/folder/moved) == 600 ]]
[[ $(find mount -type f | wc -l) == 2 ]]
rm -r mount/folder
[[ -z $(ls mount) ]]
