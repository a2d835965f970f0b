# s3fs: a mounted bucket as a folder, for programs that know nothing of S3.
require_fuse
/usr/bin/aws --endpoint-url "$S3_URL" s3 mb s3://from-s3fs
(umask 077 && echo "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" >keys)
head -c 30000000 /dev/urandom >big
mkdir mount
s3fs from-s3fs mount -o passwd_file=keys,url="$S3_URL",use_path_request_style,multipart_size=10 -f &
follow_mount mount $!
echo hello >mount/file
mkdir mount/folder
cp big mount/folder/big
cmp big mount/folder/big
mv mount/file mount/folder/moved
[[ $(cat mount/folder/moved) == hello ]]
chmod 600 mount/folder/moved
[[ $(stat -c %a mount/folder/moved) == 600 ]]
[[ $(find mount -type f | wc -l) == 2 ]]
chmod 750 mount/folder
/usr/bin/aws --endpoint-url "$S3_URL" s3api head-object --bucket from-s3fs --key folder/ | jq -e '.Metadata.mode == "16872"'
/usr/bin/python3 - <<'PYTHON'
import h5py, numpy
numbers = numpy.arange(1_000_000, dtype="i8").reshape(100, 10_000)
with h5py.File("mount/folder/numbers.h5", "w") as file:
    file.create_dataset("numbers", data=numbers, chunks=(10, 10_000), compression="gzip")
with h5py.File("mount/folder/numbers.h5", "r") as file:
    assert (file["numbers"][57] == numbers[57]).all()
PYTHON
/usr/bin/aws --endpoint-url "$S3_URL" s3 cp --quiet s3://from-s3fs/folder/numbers.h5 numbers.h5
/usr/bin/python3 -c 'import h5py; assert h5py.File("numbers.h5")["numbers"][57, 3] == 570_003'
rm -r mount/folder
[[ -z $(ls mount) ]]
unmount
