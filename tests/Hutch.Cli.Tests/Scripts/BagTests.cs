namespace Hutch.Cli.Tests.Scripts;

/// <summary>BagIt bags out of a real server and into it, with the real command.</summary>
public sealed class BagTests(LocalServer server) : IClassFixture<LocalServer>
{
    [Fact]
    public async Task A_downloaded_bag_becomes_a_dataset_with_the_same_files()
    {
        ScriptPerson ada = await server.NewUserAsync("ada");
        (await ada.RunShellAsync(
            $$"""
            mkdir -p data/run data/empty; cd data; head -c 70001 /dev/urandom > 'run/100% a'; echo ü > ünï; touch "$(printf 'a\nb')"
            hutch init --name data; hutch push
            cd ..; id=$(hutch info data --json | jq -r .id)
            curl --silent --fail --oauth2-bearer {{ada.Token}} "{{server.Address}}api/v1/datasets/$id/archive.tar?bagit=true" | tar x
            find data-1 | sort > before
            hutch import-bag data-1 --dry-run 2>&1 | grep -qx 'The bag is complete and valid: 3 files (70.0 kB).'
            not hutch info again
            hutch import-bag data-1 again | grep -q 'has all files of the bag: 3 files'
            find data-1 | sort > after; cmp before after
            test -z "$(hutch diff data again)"
            code=0; hutch import-bag data-1 again 2> words || code=$?; test $code = 6; grep -q 'again' words
            """)).AssertDone();
    }

    [Fact]
    public async Task Nothing_is_sent_of_a_bag_that_is_not_complete_and_valid()
    {
        ScriptPerson bea = await server.NewUserAsync("bea");
        (await bea.RunShellAsync(
            """
            mkdir -p bag/data; printf 'BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n' > bag/bagit.txt
            cd bag; echo one > data/one; echo two > data/two; md5sum data/* > manifest-md5.txt; echo 2 > data/two; cd ..
            code=0; hutch import-bag bag broken 2> words || code=$?; test $code != 0; cat words
            grep -q "'data/two' has other bytes than manifest-md5.txt says." words; grep -q 'Nothing was sent.' words
            not hutch info broken
            echo two > bag/data/two; hutch import-bag bag whole; hutch list whole | grep -q two
            code=0; hutch import-bag nowhere 2> words || code=$?; test $code = 5
            """)).AssertDone();
    }

    [Fact]
    public async Task A_file_that_the_push_leaves_out_is_named()
    {
        ScriptPerson cyd = await server.NewUserAsync("cyd");
        (await cyd.RunShellAsync(
            """
            mkdir -p bag/data; printf 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n' > bag/bagit.txt
            cd bag; echo '*.log' > data/.hutchignore; echo 1 > data/x.log; sha512sum data/.hutchignore data/x.log > manifest-sha512.txt; cd ..
            code=0; hutch import-bag bag partly 2> words || code=$?; test $code != 0
            grep -q "'x.log' of the bag is not in cyd/partly" words; test ! -e bag/data/.hutch
            """)).AssertDone();
    }
}
