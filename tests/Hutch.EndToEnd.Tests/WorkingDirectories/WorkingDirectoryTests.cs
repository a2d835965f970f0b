using System.Net;
using System.Net.Sockets;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.WorkingDirectories;

/// <summary>Folders of files against a real server, with the real command.</summary>
public sealed class WorkingDirectoryTests(SharedServer shared)
{
    private const int Conflict = 6;
    private const int LargeBytes = 40_000_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_pushed_is_what_is_cloned_whatever_its_names_sizes_and_kinds()
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
    public async Task What_is_ignored_or_excluded_never_reaches_the_server()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir -p data/build/deep data/run; cd data; hutch init --name data
            printf '*.tmp\nbuild/\n' > .hutchignore; echo '!keep.tmp' > run/.hutchignore
            touch a x.tmp run/keep.tmp run/y.tmp run/z.log build/deep/b; mkfifo build/deep/pipe
            hutch status --exclude '*.log' | grep -qx '4 paths ignored by .hutchignore or --exclude; a folder counts once.'
            hutch push --exclude '*.log'
            hutch list data -r | grep -q keep.tmp; hutch list data -r > ../listed; ! grep -E 'x.tmp|y.tmp|build|z.log' ../listed
            hutch diff | grep -q '^+ run/z.log'; echo '*.log' >> .hutchignore
            hutch clone --lazy data ../copy; cd ../copy; touch x.tmp; test -z "$(hutch diff)"; rm run/keep.tmp; echo 2 > run/keep.tmp; hutch push
            cd ../data; hutch pull; test "$(cat run/keep.tmp)" = 2
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_shell_completes_the_names_of_datasets_that_the_server_has()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        using var silent = new TcpListener(IPAddress.Loopback, 0); // takes a connection, and never answers
        silent.Start();
        (await ada.RunShellAsync(
            $$"""
            mkdir lysozyme lipase gone; for name in lysozyme lipase gone; do hutch init $name --name $name; done; hutch delete gone
            source <(hutch completion bash)
            complete-line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hutch; echo "${COMPREPLY[*]}"; }
            # What takes longer than a second gives nothing: on a busy machine a person presses the key once more.
            completes-to() { for i in {1..20}; do test "$(complete-line "${@:2}")" != "$1" || return 0; done; return 1; }
            completes-to lysozyme hutch clone lys; completes-to '{{ada.Name}}/lipase {{ada.Name}}/lysozyme' hutch share {{ada.Name}}/l
            test "$(complete-line hutch info g)" = ''; completes-to gone hutch restore g
            HUTCH_REMOTE=http://127.0.0.1:1; export HUTCH_REMOTE; test "$(complete-line hutch clone lys)" = ''
            HUTCH_REMOTE=http://{{silent.LocalEndpoint}}; test "$(complete-line hutch clone lys)" = ''
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_revert_is_a_new_version_on_the_server_that_pull_brings()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir -p data/run; cd data; echo one > a; echo one > run/b; hutch init --name data; hutch push
            echo two > a; echo two > run/b; echo two > c; hutch push
            cd run; hutch revert @1 b; hutch pull; test "$(cat b)" = one; test "$(cat ../a)" = two
            hutch tag @1 first; hutch list @first | grep -q run
            hutch revert data@1 -m back; hutch pull; cd ..; test "$(cat a)" = one; test ! -e c; hutch status
            hutch log | grep -q 'back'; hutch clone data@2 ../second; test "$(cat ../second/c)" = two
            code=0; hutch revert @1 nowhere 2> ../words || code=$?; test $code = 5; grep -q "neither in @1 nor" ../words
            code=0; hutch revert @77 2> ../words || code=$?; test $code = 5; grep -q "has no snapshot @77" ../words
            hutch close data; code=0; hutch revert @1 2> ../words || code=$?; test $code = 6; grep -q "closed" ../words
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task Files_and_folders_move_and_go_at_the_server_in_one_version()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir -p data/run; cd data; echo one > a; echo two > run/b; echo three > c; hutch init --name data; hutch push
            hutch move data a renamed | grep -q "Moved a to renamed: .* is now @2"; hutch move data run/ c old/
            hutch pull; test "$(cat old/run/b old/c renamed)" = "$(printf 'two\nthree\none')"; test ! -e run; test ! -e a
            hutch remove data old/run renamed; hutch pull; test ! -e renamed; test "$(ls)" = old; hutch status
            code=0; hutch move data a b c 2> ../words || code=$?; test $code = 2; grep -q "with a slash" ../words
            code=0; hutch move data a b 2> ../words || code=$?; test $code = 5; grep -q "There is no 'a'" ../words
            hutch close data; code=0; hutch remove data old 2> ../words || code=$?; test $code = 6; grep -q "closed" ../words
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_lazy_clone_is_filled_and_emptied_piece_by_piece()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir -p data/run; cd data; head -c 9000000 /dev/urandom > run/big; echo small > run/small; echo other > other
            hutch init --name data; hutch push; cd ..
            hutch clone data lazy --lazy; cd lazy
            test -L run/small; test ! -e run/small
            hutch get run; cmp run/big ../data/run/big; test ! -e other
            echo changed > run/small; if hutch drop run; then exit 99; fi
            test "$(cat run/small)" = changed; test ! -e run/big
            hutch push; hutch drop run; hutch get; test "$(cat run/small)" = changed; cmp run/big ../data/run/big
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_cache_serves_a_second_clone_while_the_server_serves_no_bytes()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir data; cd data; head -c 9000000 /dev/urandom > big; for i in $(seq 50); do echo $i > $i; done
            hutch init --name data; hutch push; cd ..
            hutch clone data one --cache cache; hutch clone data two --cache cache
            for copy in one two; do for file in data/*; do cmp "$file" "$copy/$(basename "$file")"; done; done
            test "$(find cache -type f | wc -l)" = 51; test -z "$(find cache -type f -perm /222)"
            cd two; hutch status | grep -q 'Nothing to push'; rm 7; echo seven > 7; hutch push; cd ../one; hutch pull; test "$(cat 7)" = seven
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_file_changed_on_both_sides_is_kept_twice()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            mkdir data; cd data; echo base > file; hutch init --name data; hutch push; cd ..; hutch clone data other
            cd other; echo theirs > file; echo new > added; hutch push; cd ../data; echo ours > file
            """,
            Ct)).AssertDone();

        CommandResult pull = await ada.RunShellAsync("cd data && hutch pull", Ct);
        Assert.Equal(Conflict, pull.ExitCode);
        Assert.Contains("file.theirs", pull.Errors, StringComparison.Ordinal);

        (await ada.RunShellAsync(
            """
            cd data; test "$(cat file)" = ours; test "$(cat file.theirs)" = theirs; test "$(cat added)" = new
            if hutch push; then exit 99; fi; hutch resolve file --mine; test ! -e file.theirs
            hutch push; cd ..; hutch clone data result; test "$(cat result/file)" = ours; test ! -e result/file.theirs
            hutch clone data@2 before; test "$(cat before/file)" = theirs
            """,
            Ct)).AssertDone();
    }

    [Fact]
    public async Task A_push_and_a_clone_that_are_killed_go_on_to_the_right_end()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            $"mkdir data && cd data && head -c {LargeBytes} /dev/urandom > big && for i in $(seq 2000); do head -c 2000 /dev/urandom > $i; done && hutch init --name data",
            Ct)).AssertDone();

        for (int milliseconds = 100; milliseconds <= 400; milliseconds += 100)
        {
            string seconds = (milliseconds / 1000.0).ToString(System.Globalization.CultureInfo.InvariantCulture);
            await ada.RunShellAsync($"cd data && timeout -s KILL {seconds} hutch push || true", Ct);
            await ada.RunShellAsync($"test -e data/.hutch/base && timeout -s KILL {seconds} hutch clone data copy || true", Ct);
        }

        (await ada.RunShellAsync("cd data && hutch push && cd .. && (test -e copy/.hutch/base || hutch clone data copy) && diff -r --exclude .hutch data copy", Ct)).AssertDone();
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

    [Fact]
    public async Task A_site_whose_database_is_made_anew_has_everything()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-rebuild-").FullName;
        int port = LoopbackPort.FindFree();
        try
        {
            var ada = new CommandLine(Path.Combine(folder, "home"), Path.Combine(folder, "work"));
            string data = Path.Combine(folder, "data");
            await using (ServerProcess first = ServerProcess.Start(data, port))
            {
                await first.WaitReadyAsync(Ct);
                (await ada.RunAsync(["login", first.Address.ToString()], await first.ReadAdminTokenAsync(Ct), Ct)).AssertDone();
                (await ada.RunShellAsync("mkdir data; cd data; for i in $(seq 50); do echo $i > $i; done; hutch init --name data; hutch push; rm 7; hutch push", Ct)).AssertDone();
                CommandResult refused = await ada.RunAsync(Ct, "rebuild", "--data", data);
                Assert.NotEqual(0, refused.ExitCode); // the server has it open
                await first.StopAsync(Ct);
            }

            (await ada.RunAsync(Ct, "rebuild", "--data", data)).AssertDone();
            await using ServerProcess second = ServerProcess.Start(data, port);
            await second.WaitReadyAsync(Ct);
            (await ada.RunShellAsync("hutch clone data copy; diff -r --exclude .hutch data copy; hutch clone data@1 old; test \"$(cat old/7)\" = 7; hutch verify data", Ct)).AssertDone();
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
