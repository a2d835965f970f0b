using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>Folders of files against a real server, with the real command.</summary>
public sealed class WorkingDirectoryTests(LocalServer server) : IClassFixture<LocalServer>
{
    [Fact]
    public async Task Ignored_and_excluded_files_are_never_uploaded()
    {
        ScriptPerson ada = await server.NewUserAsync("ada");
        (await ada.RunShellAsync(
            """
            mkdir -p data/build/deep data/run; cd data; hutch init --name data
            printf '*.tmp\nbuild/\n' > .hutchignore; echo '!keep.tmp' > run/.hutchignore
            touch a x.tmp run/keep.tmp run/y.tmp run/z.log build/deep/b; mkfifo build/deep/pipe
            hutch status --exclude '*.log' | grep -qx '4 paths ignored by .hutchignore or --exclude; a folder counts once.'
            hutch push --exclude '*.log'
            hutch list data -r | grep -q keep.tmp; hutch list data -r > ../listed; not grep -E 'x.tmp|y.tmp|build|z.log' ../listed
            hutch diff | grep -q '^+ run/z.log'; echo '*.log' >> .hutchignore
            hutch clone --lazy data ../copy; cd ../copy; touch x.tmp; test -z "$(hutch diff)"; rm run/keep.tmp; echo 2 > run/keep.tmp; hutch push
            cd ../data; hutch pull; test "$(cat run/keep.tmp)" = 2
            """)).AssertDone();
    }

    [Fact]
    public async Task A_revert_is_a_new_version_on_the_server_that_pull_brings()
    {
        ScriptPerson ada = await server.NewUserAsync("bea");
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
            """)).AssertDone();
    }

    [Fact]
    public async Task Files_and_folders_move_and_go_at_the_server_in_one_version()
    {
        ScriptPerson ada = await server.NewUserAsync("cyd");
        (await ada.RunShellAsync(
            """
            mkdir -p data/run; cd data; echo one > a; echo two > run/b; echo three > c; hutch init --name data; hutch push
            hutch move data a renamed | grep -q "Moved a to renamed: .* is now @2"; hutch move data run/ c old/
            hutch pull; test "$(cat old/run/b old/c renamed)" = "$(printf 'two\nthree\none')"; test ! -e run; test ! -e a
            hutch remove data old/run renamed; hutch pull; test ! -e renamed; test "$(ls)" = old; hutch status
            code=0; hutch move data a b c 2> ../words || code=$?; test $code = 2; grep -q "with a slash" ../words
            code=0; hutch move data a b 2> ../words || code=$?; test $code = 5; grep -q "There is no 'a'" ../words
            hutch close data; code=0; hutch remove data old 2> ../words || code=$?; test $code = 6; grep -q "closed" ../words
            """)).AssertDone();
    }

    [Fact]
    public async Task A_lazy_clone_is_filled_and_emptied_piece_by_piece()
    {
        ScriptPerson ada = await server.NewUserAsync("dan");
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
            """)).AssertDone();
    }

    [Fact]
    public async Task A_cache_serves_a_second_clone_while_the_server_serves_no_bytes()
    {
        ScriptPerson ada = await server.NewUserAsync("eve");
        (await ada.RunShellAsync(
            """
            mkdir data; cd data; head -c 9000000 /dev/urandom > big; for i in $(seq 50); do echo $i > $i; done
            hutch init --name data; hutch push; cd ..
            hutch clone data one --cache cache; hutch clone data two --cache cache
            for copy in one two; do for file in data/*; do cmp "$file" "$copy/$(basename "$file")"; done; done
            test "$(find cache -type f | wc -l)" = 51; test -z "$(find cache -type f -perm /222)"
            cd two; hutch status | grep -q 'Nothing to push'; rm 7; echo seven > 7; hutch push; cd ../one; hutch pull; test "$(cat 7)" = seven
            """)).AssertDone();
    }

    [Fact]
    public async Task A_file_changed_on_both_sides_is_kept_twice()
    {
        ScriptPerson ada = await server.NewUserAsync("fay");
        (await ada.RunShellAsync(
            """
            mkdir data; cd data; echo base > file; hutch init --name data; hutch push; cd ..; hutch clone data other
            cd other; echo theirs > file; echo new > added; hutch push; cd ../data; echo ours > file
            """)).AssertDone();

        ScriptResult pull = await ada.RunShellAsync("cd data && hutch pull");
        Assert.Equal(ExitCode.Conflict, pull.ExitCode);
        Assert.Contains("file.theirs", pull.Errors, StringComparison.Ordinal);

        (await ada.RunShellAsync(
            """
            cd data; test "$(cat file)" = ours; test "$(cat file.theirs)" = theirs; test "$(cat added)" = new
            if hutch push; then exit 99; fi; hutch resolve file --mine; test ! -e file.theirs
            hutch push; cd ..; hutch clone data result; test "$(cat result/file)" = ours; test ! -e result/file.theirs
            hutch clone data@2 before; test "$(cat before/file)" = theirs
            """)).AssertDone();
    }

    [Fact]
    public async Task A_site_whose_database_is_made_anew_has_everything()
    {
        await using LocalServer site = await LocalServer.StartedAsync();
        ScriptPerson admin = await site.AdminAsync();
        (await admin.RunShellAsync("mkdir data; cd data; for i in $(seq 50); do echo $i > $i; done; hutch init --name data; hutch push; rm 7; hutch push")).AssertDone();
        ScriptResult refused = await admin.RunAsync("rebuild", "--data", site.Data);
        Assert.NotEqual(0, refused.ExitCode); // the server has it open
        await site.StopAsync();

        (await admin.RunAsync("rebuild", "--data", site.Data)).AssertDone();
        await site.StartAsync();
        (await admin.RunShellAsync("hutch clone data copy; diff -r --exclude .hutch data copy; hutch clone data@1 old; test \"$(cat old/7)\" = 7; hutch verify data")).AssertDone();
    }
}
