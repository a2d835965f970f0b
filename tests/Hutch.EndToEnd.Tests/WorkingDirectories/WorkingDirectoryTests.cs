using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.WorkingDirectories;

/// <summary>Folders of files against a real server, with the real command.</summary>
public sealed class WorkingDirectoryTests(SharedServer shared)
{
    private const int LargeBytes = 40_000_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clone_equals_the_pushed_folder_for_all_names_sizes_and_kinds_of_files()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir -p 'data/a b/ü' data/empty; cd data
            printf '' > zero; printf x > 'a b/ü/ $(rm) "quoted" ’'; printf '#!/bin/sh\n' > run.sh; chmod +x run.sh
            ln -s nowhere/else dangling; ln -s run.sh link; printf 'new\nline' > "$(printf 'new\nline')"
            head -c 9000000 /dev/urandom > big; head -c 8388608 /dev/urandom > edge; touch -d '2001-02-03 04:05:06.123456789Z' zero
            for time in -1.25 0 1e10; do echo "$time" > "at$time"; touch -d "@$(printf %.2f "$time")" "at$time"; done
            for i in $(seq 300); do head -c $((i * 7)) /dev/urandom > "many-$i"; done
            echo secret > key; chmod 600 key; echo old > raw; chmod 444 raw; chmod 700 'many-300'; truncate -s 50M holes; echo end >> holes
            ln many-1 linked; hutch init --name data; hutch status > ../words; grep -q '1 file is a hard link to another' ../words
            grep -q '1 file has a time after April 2262' ../words
            hutch push -m first; hutch push
            """,
            Ct)).AssertDone();

        (await ada.RunShellAsync(
            """
            hutch clone data copy
            diff -r --no-dereference --exclude .hutch data copy
            test "$(stat -c %a copy/key copy/raw copy/many-300 copy/many-299 copy/run.sh | tr '\n' ' ')" = '600 444 700 644 755 '
            test "$(stat -c %b copy/holes)" -lt 1000; test "$(stat -c %h copy/linked)" = 1
            test -x copy/run.sh; test -d copy/empty; test "$(readlink copy/dangling)" = nowhere/else
            test "$(date -u -r copy/zero +%FT%T.%N)" = 2001-02-03T04:05:06.123456789
            test "$(date -u -r copy/at-1.25 +%FT%T.%N)" = 1969-12-31T23:59:58.750000000; test "$(date -u -r copy/at0 +%FT%T)" = 1970-01-01T00:00:00
            test "$(date -u -r copy/at1e10 +%F)" = 2262-04-11
            cd copy; hutch status; test -z "$(hutch diff)"; hutch verify
            chmod 644 key; test "$(hutch diff)" = '~ key  (7 B -> 7 B)'; hutch push; cd ../data; hutch pull; test "$(stat -c %a key)" = 644
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_push_and_a_clone_that_are_killed_go_on_to_the_right_end()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            $"mkdir data && cd data && head -c {LargeBytes} /dev/urandom > big && for i in $(seq 800); do head -c 2000 /dev/urandom > $i; done && hutch init --name data",
            Ct)).AssertDone();

        foreach (int milliseconds in (int[])[100, 300])
        {
            string seconds = (milliseconds / 1000.0).ToString(System.Globalization.CultureInfo.InvariantCulture);
            await ada.RunShellAsync($"cd data && timeout -s KILL {seconds} hutch push || true", Ct);
            await ada.RunShellAsync($"test -e data/.hutch/base && timeout -s KILL {seconds} hutch clone data copy || true", Ct);
        }

        // After a kill between the snapshot and the folder's record of it, a pull has to come first.
        (await ada.RunShellAsync("cd data && (hutch push || { hutch pull && hutch push; }) && cd .. && (test -e copy/.hutch/base || hutch clone data copy) && diff -r --exclude .hutch data copy", Ct)).AssertDone();
        (await ada.RunShellAsync("cd copy && hutch status | grep -q 'Nothing to push' && test -z \"$(find . -name '.hutch-part-*')\"", Ct)).AssertDone();
    }

    [Fact]
    public async Task A_server_that_vanishes_in_the_middle_of_a_push_and_comes_back_is_gone_on_with()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-vanish-").FullName;
        int port = LoopbackPort.FindFree();
        try
        {
            var ada = new CommandLine(Path.Combine(folder, "home"), Path.Combine(folder, "work"));
            await using (ServerProcess first = ServerProcess.Start(Path.Combine(folder, "data"), port))
            {
                await first.WaitReadyAsync(Ct);
                (await ada.RunAsync(["login", first.Address.ToString()], await first.ReadAdminTokenAsync(Ct), Ct)).AssertDone();
                (await ada.RunShellAsync($"mkdir data && cd data && head -c {LargeBytes} /dev/urandom > big && echo small > small && hutch init --name data", Ct)).AssertDone();
                Task session = FileAppears(Path.Combine(ada.WorkingFolder, "data/.hutch"), "session");
                Task<CommandResult> pushing = ada.RunShellAsync("cd data && hutch push", Ct);
                await session.WaitAsync(Ct);
                await first.KillAsync();
                await using ServerProcess second = ServerProcess.Start(Path.Combine(folder, "data"), port);
                await second.WaitReadyAsync(Ct);
                CommandResult result = await pushing;

                // It may have given up before the server was back; then it is started again, as its message says.
                Assert.True(result.ExitCode is 0 or 8, result.Errors);
                (await ada.RunShellAsync("cd data && hutch push && cd .. && hutch clone data copy && diff -r --exclude .hutch data copy", Ct)).AssertDone();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Ends when a file of this name is made in a folder, or renamed to it.</summary>
    private static async Task FileAppears(string folder, string name)
    {
        var appeared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(folder, name);
        watcher.Created += (_, _) => appeared.TrySetResult();
        watcher.Renamed += (_, _) => appeared.TrySetResult();
        watcher.EnableRaisingEvents = true;
        await appeared.Task.WaitAsync(Ct);
    }
}
