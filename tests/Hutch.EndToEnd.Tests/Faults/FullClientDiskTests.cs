using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Faults;

/// <summary>A disk that gets full under the command: clear words, nothing half-written under its own name, and the same command goes on.</summary>
public sealed class FullClientDiskTests(SharedServer shared)
{
    /// <summary>
    /// `small COMMAND` runs a command where files have no room: on a small file system of its own, or, where the machine allows no mounts,
    /// with a limit for each file. `check` compares what is there with what it should be.
    /// </summary>
    private const string Functions =
        """
        mkdir -p disk
        if unshare -rm mount -t tmpfs tmpfs disk 2>/dev/null; then
            mounted() { unshare -rm bash -euo pipefail -c "mount -t tmpfs -o size=5m tmpfs disk; cd disk; $1; mount -o remount,size=80m .; $2"; }
            full=9
        else
            export DOTNET_EnableWriteXorExecute=0
            mounted() { (cd disk; (trap '' XFSZ; ulimit -f 2000; bash -euo pipefail -c "$1"); bash -euo pipefail -c "$2"); }
            full=1
        fi
        export full source=$PWD/source
        check() {
            find "$1" -path "$1/.hutch" -prune -o -type f -print | while read -r file; do cmp "$file" "$source/${file#"$1"/}"; done
        }
        refused() {
            code=0; "$@" 2>"$HOME/errors" >/dev/null || code=$?
            test "$code" = "$full" || { echo "exit code $code"; cat "$HOME/errors"; exit 98; }
            test "$full" = 1 || grep -qi 'no space left' "$HOME/errors"; test "$full" = 1 || grep -q 'Free space' "$HOME/errors"
        }
        export -f check refused
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_stops_a_clone_or_get_with_an_error_and_no_partial_files_and_both_resume_with_free_space()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir source; cd source
            for i in $(seq 20); do head -c 200000 /dev/urandom > "file $i"; done
            head -c 3000000 /dev/urandom > middling; head -c 12000000 /dev/urandom > large
            hutch init --name source; hutch push
            """,
            Ct)).AssertDone();

        (await ada.RunShellAsync(
            Functions + "\n" +
            """
            mounted 'refused hutch clone source copy; check copy' \
                'hutch clone source copy; check copy; test "$(ls copy | wc -l)" = 22; cd copy; test -z "$(hutch diff)"; hutch verify'
            rm -rf disk/*
            mounted 'hutch clone --lazy source copy; (cd copy; refused hutch get; check .)' \
                'cd copy; hutch get; check .; test "$(ls | wc -l)" = 22; test -z "$(hutch diff)"; hutch verify'
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_watched_folder_that_fills_its_disk_is_sent_and_freed()
    {
        using Account ada = await shared.NewAccountAsync(Ct);

        (await ada.RunShellAsync(
            Functions + "\n" +
            """
            mounted 'hutch push --watch . --to freed --quiet-for 1s --every 1s --remove-sent >"$HOME/log" 2>&1 & pid=$!
                until_() { for i in $(seq 600); do if "$@"; then return; fi; sleep 0.1; done; cat "$HOME/log"; exit 97; }
                until_ test -e .hutch/reserve; head -c 20000000 /dev/urandom >big 2>/dev/null || true; sha256sum <big >"$HOME/sum"
                until_ test ! -e big; kill $pid; wait $pid || test $? = 130' true
            hutch clone freed copy; sha256sum <copy/big | cmp - "$HOME/sum"; test "$(stat -c %s copy/big)" -gt 1000000
            """,
            Ct)).AssertDone();
    }
}
