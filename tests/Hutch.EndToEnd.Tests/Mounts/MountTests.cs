using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Mounts;

/// <summary>
/// Datasets as folders, with the kernel of this machine, the real command and the real server. Without <c>/dev/fuse</c> or
/// <c>fusermount3</c> they fail with the message of the command, which says what is missing.
/// </summary>
public sealed class MountTests(SharedServer shared, MountedData data) : IClassFixture<MountedData>
{
    /// <summary>`ended` waits until the process of a mount is gone; `mounts` prints what is mounted here.</summary>
    private const string Functions =
        """
        mounts() { findmnt -n -o TARGET -t fuse.hutch | grep "^$PWD/" || true; }
        process() { pgrep -f -- "mount .* $PWD/$1 --foreground" | head -1; }
        ended() { for i in $(seq 600); do test -e "/proc/$1" || return 0; sleep 0.1; done; echo "process $1 has not ended"; return 1; }
        trap 'for m in $(mounts); do fusermount3 -uz "$m"; done' EXIT
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A folder for a test beside the data, with a cache of its own.</summary>
    private static string In(string folder) => $"mkdir {folder}; cd {folder}; export XDG_CACHE_HOME=$PWD/cache\n{Functions}\n";

    [Fact]
    public async Task A_version_is_a_folder_with_the_same_names_bytes_links_modes_and_times_also_for_random_reads_of_several_processes()
    {
        (await data.Ada.RunShellAsync(
            In("version") +
            """
            hutch mount data@1 m; test "$(mounts)" = "$PWD/m"
            cat > check.py <<'end'
            import mmap, os, random, sys
            seed = int(sys.argv[1]); r = random.Random(seed)
            for name in ['big', 'edge', 'many-7', 'zero']:
                whole = open('../data/' + name, 'rb').read(); f = os.open('m/' + name, os.O_RDONLY)
                assert os.fstat(f).st_size == len(whole)
                for i in range(300):
                    start = r.randrange(len(whole) + 10); length = r.choice([1, 4095, 4096, 4097, 131073, 1 << 20, (1 << 20) + 1])
                    assert os.pread(f, length, start) == whole[start:start + length], (name, start, length)
                if whole:
                    assert mmap.mmap(f, 0, prot=mmap.PROT_READ)[:] == whole
            end
            for i in 1 2 3; do python3 check.py $i & pids="${pids:-} $!"; done; for p in $pids; do wait $p; done
            diff -r --no-dereference --exclude .hutch ../data m
            test -x m/run.sh; test ! -x m/zero; test "$(readlink m/dangling)" = nowhere/else; test -d m/empty
            test "$(date -u -r m/zero +%FT%T.%N)" = 2001-02-03T04:05:06.123456789
            test "$(find m | wc -l)" = "$(find ../data -path ../data/.hutch -prune -o -print | wc -l)"
            test "$(python3 -c 'import os; print(os.getxattr("m/big", "user.hutch.sha256").decode())')" = "$(sha256sum < ../data/big | cut -d' ' -f1)"
            not touch m/new 2> errors; grep -q 'Read-only' errors; not rm -f m/zero 2> errors; grep -q 'Read-only' errors
            not cat m/none 2> errors; grep -q 'No such file' errors
            one=$(process m); hutch unmount m; ended $one; test -z "$(ls m)"
            not hutch unmount m 2> errors; grep -q 'No dataset is mounted' errors
            not hutch mount data@1 ../data 2> errors; grep -q 'is not empty' errors

            # A dataset that is twice inside another one is in both of its folders.
            mkdir inner outer; echo in > inner/x; (cd inner; hutch init --name inner; hutch push); id=$(hutch info inner --json | jq -r .id)
            for f in a b; do printf '[submodule "%s"]\n\tpath = %s\n\turl = ./%s\n\tdatalad-id = %s\n' $f $f $f $id; done > outer/.gitmodules
            (cd outer; hutch init --name outer; hutch push); hutch mount outer n --recursive
            test "$(cat n/a/x)" = in; test "$(cat n/b/x)" = in; two=$(process n); hutch unmount n; ended $two
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_head_that_grows_shows_new_and_replaced_files_and_an_open_one_stays()
    {
        using Account ada = await MountedData.PushedAsync(shared, Ct);
        (await ada.RunShellAsync(
            Functions + "\n" +
            """
            soon() { for i in $(seq 100); do eval "$1" && return 0; sleep 0.1; done; echo "never: $1"; ls -l m; return 1; }
            hutch mount data m; exec 7< m/run.sh; head -c 2 <&7 > first
            cd data; printf 'two\n' > second; printf 'longer than before\n' > run.sh; rm many-1; hutch push; cd ..
            soon 'test -e m/second'; soon 'cmp -s m/run.sh data/run.sh'; soon 'test ! -e m/many-1'
            ls m | grep -qx second; ! ls m | grep -qx many-1; test "$(stat -c %s m/second)" = 4
            cat <&7 >> first; test "$(cat first)" = '#!/bin/sh'
            diff -r --no-dereference --exclude .hutch data m
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_killed_mount_is_unmounted_and_the_next_mount_reuses_its_cache()
    {
        (await data.Ada.RunShellAsync(
            In("killed") +
            """
            hutch mount data@1 m; cat m/big > /dev/null & sleep 0.05; kill -9 $(process m); wait %1 || true
            for i in $(seq 100); do test -z "$(mounts)" && break; sleep 0.1; done; test -z "$(mounts)"
            hutch mount data@1 m; cmp m/big ../data/big
            helper=$(pgrep -f -- "fusermount3 .* $PWD/m$"); kill -STOP $helper; kill -9 $(process m)
            for i in $(seq 100); do ls m 2> errors || true; grep -q 'not connected' errors && break; sleep 0.1; done; grep -q 'not connected' errors
            hutch mount data@1 m 2> errors; kill -9 $helper; grep -q 'ended without unmounting' errors; cmp m/big ../data/big; diff -r --no-dereference --exclude .hutch ../data m
            test -n "$(find cache -name '*.0' -path '*/hutch/mounts/*')"
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_foreground_mount_ends_cleanly_with_SIGTERM_also_while_a_program_reads()
    {
        (await data.Ada.RunShellAsync(
            In("foreground") +
            """
            hutch mount data@1 m --foreground > out 2>&1 & one=$!
            for i in $(seq 300); do grep -q 'is mounted on' out && break; sleep 0.1; done
            cmp m/big ../data/big; kill -TERM $one; wait $one; test -z "$(mounts)"
            hutch mount data@1 m; exec 7< m/big; two=$(process m); kill -TERM $two; ended $two; test -z "$(mounts)"; not cat <&7 > /dev/null 2>&1
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task Two_mounts_share_one_bounded_cache()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            Functions + "\n" +
            """
            mkdir data; head -c 300M /dev/urandom > data/large; cd data; hutch init --name data; hutch push; cd ..
            hutch mount data@1 one --cache 256MiB --cache-folder "$PWD/cache"; hutch mount data@1 two --cache 256MiB --cache-folder "$PWD/cache"
            cmp one/large data/large & other=$!; cmp two/large data/large; wait $other
            size=$(du -sm cache | cut -f1); echo "$size MB"; test "$size" -le 256; test "$size" -ge 100
            not hutch mount data@1 three --cache 1MiB 2> errors; grep -q 'at least' errors
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_reader_waits_while_the_server_restarts_and_continues()
    {
        using TemporaryFolder folder = new();
        int port = LoopbackPort.FindFree();
        await using ServerProcess first = ServerProcess.Start(folder["data"], port);
        await first.WaitReadyAsync(Ct);
        using Account admin = new(first, "admin", await first.ReadAdminTokenAsync(Ct), folder["people"]);
        (await admin.RunShellAsync(
            "mkdir data; head -c 120M /dev/urandom > data/large; cd data; hutch init --name data; hutch push; cd ..; hutch mount data@1 m", Ct)).AssertDone();
        try
        {
            Task<CommandResult> reading = admin.RunShellAsync("head -c 1M m/large > /dev/null; touch started; cmp m/large data/large", Ct);
            while (!File.Exists(Path.Combine(admin.WorkingFolder, "started")))
            {
                await Task.Delay(10, Ct);
            }

            await first.KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
            await using ServerProcess second = ServerProcess.Start(folder["data"], port);
            (await reading).AssertDone();
        }
        finally
        {
            (await admin.RunShellAsync("hutch unmount m --lazy", CancellationToken.None)).AssertDone(); // the server is gone by now
        }
    }
}
