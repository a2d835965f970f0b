# rclone: copy (in parts too), check, lsjson, sync, server-side copy, mount.
export RCLONE_CONFIG=$PWD/rclone.conf RCLONE_CONFIG_H_TYPE=s3 RCLONE_CONFIG_H_PROVIDER=Other RCLONE_CONFIG_H_ENDPOINT=$S3_URL
export RCLONE_CONFIG_H_ENV_AUTH=true RCLONE_CONFIG_H_REGION=us-east-1 RCLONE_S3_UPLOAD_CUTOFF=6M RCLONE_S3_CHUNK_SIZE=5M
touch rclone.conf
mkdir -p tree/sub
echo a >tree/a
echo b >tree/sub/b
head -c 12000000 /dev/urandom >tree/big
touch -d '2001-02-03 04:05:06' tree/a
rclone mkdir h:from-rclone
rclone copy tree h:from-rclone/tree
rclone check --download tree h:from-rclone/tree
[[ $(rclone lsjson -R h:from-rclone | jq length) == 5 ]]
rclone lsjson h:from-rclone/tree | jq -e '.[] | select(.Name == "a") | .ModTime | startswith("2001-02-03")'
rclone copy h:from-rclone/tree back
diff -r tree back
rclone copyto h:from-rclone/tree/big h:from-rclone/twin
rclone sync tree/sub h:from-rclone/tree
[[ $(rclone lsf -R h:from-rclone | sort | tr '\n' ' ') == 'tree/ tree/b twin ' ]]
rclone cat h:from-rclone/tree/b

# The mount, and a program that knows nothing of S3 on it: h5py reads and writes by ranges.
require_fuse
mkdir mount
rclone mount h:from-rclone mount --vfs-cache-mode writes --vfs-write-back 0s &
follow_mount mount $!
cmp mount/twin tree/big
echo written >mount/new
until rclone cat h:from-rclone/new 2>/dev/null | grep -q written; do sleep 0.1; done
/usr/bin/python3 - <<'PYTHON'
import h5py, numpy
numbers = numpy.arange(1_000_000, dtype="i8").reshape(100, 10_000)
with h5py.File("mount/numbers.h5", "w") as file:
    file.create_dataset("numbers", data=numbers, chunks=(10, 10_000), compression="gzip")
with h5py.File("mount/numbers.h5", "r") as file:
    assert (file["numbers"][57] == numbers[57]).all()
PYTHON
until rclone copyto h:from-rclone/numbers.h5 numbers.h5 2>/dev/null; do sleep 0.1; done
unmount
/usr/bin/python3 -c 'import h5py; assert h5py.File("numbers.h5")["numbers"][57, 3] == 570_003'

# A narrowed key is the session token.
rclone mkdir h:narrowed && rclone copyto tree/a h:narrowed/raw/a && rclone copyto tree/a h:narrowed/out
narrow narrowed raw >key && source ./key
[[ $(rclone lsf -R --files-only h:narrowed) == raw/a ]]
rclone copyto h:narrowed/raw/a narrowed-a && diff tree/a narrowed-a
rclone copyto --s3-no-check-bucket tree/a h:narrowed/raw/b
not rclone copyto --s3-no-check-bucket tree/a h:narrowed/b
[[ -z $(rclone cat h:narrowed/out) ]]
