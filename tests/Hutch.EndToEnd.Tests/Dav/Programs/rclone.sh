# rclone: sync in both directions, times, odd names, moves and copies at the server.
export RCLONE_CONFIG=$PWD/rclone.conf RCLONE_CONFIG_H_TYPE=webdav RCLONE_CONFIG_H_URL=$URL RCLONE_CONFIG_H_VENDOR=owncloud
export RCLONE_CONFIG_H_USER=$OWNER
RCLONE_CONFIG_H_PASS=$(rclone obscure "$TOKEN")
export RCLONE_CONFIG_H_PASS
touch rclone.conf
mkdir -p 'tree/sub/deep' 'tree/ü %'
head -c 3000000 /dev/urandom >tree/big
echo a >tree/sub/deep/a
echo q >'tree/ü %/#q?'
touch -d '2001-02-03 04:05:06' tree/sub/deep/a
rclone sync tree h:tree
rclone check --download tree h:tree
[[ $(rclone lsjson h:tree/sub/deep | jq -r '.[0].ModTime') == 2001-02-03* ]]
[[ $(rclone sync -v tree h:tree 2>&1 | grep -c Copied) == 0 ]]
rclone moveto h:tree/sub h:tree/moved
rclone copyto h:tree/big h:tree/twin
[[ $(rclone lsf -R h:tree | sort | tr '\n' ' ') == 'big moved/ moved/deep/ moved/deep/a twin ü %/ ü %/#q? ' ]]
rclone sync tree h:tree
rclone copy h:tree back
diff -r tree back
rclone purge h:tree
[[ -z $(rclone lsf h:) ]]
