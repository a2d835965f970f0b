namespace Hutch.Cli.Tests.Scripts;

/// <summary>mission 1.3 and 8: a command takes nested datasets along, or names each one that it leaves out.</summary>
public sealed class NestedDataTests(LocalServer server) : IClassFixture<LocalServer>
{
    private const string Functions =
        """
        id() { hutch info "$1" --json | sed -n 's/.*"id": *"\([0-9a-f-]*\)".*/\1/p' | head -n 1; }
        section() { printf '[submodule "%s"]\n\tpath = %s\n\turl = ./%s\n\tdatalad-id = %s\n' "$1" "$1" "$1" "$2"; }

        """;

    private static readonly string[] BytePaths = ["/fetch", "/verify", "/entries/", "/blobs/", "/archive"];

    [Fact]
    public async Task Nested_datasets_are_named_or_cloned_and_stay_datasets_of_their_own()
    {
        ScriptPerson ada = await server.NewUserAsync("nest");
        (await ada.RunShellAsync(Functions +
            """
            mkdir inner; cd inner; echo deep > x; hutch init --name inner; hutch push; cd ..; id=$(id inner)
            mkdir -p outer/sub outer/other; cd outer; echo top > y; ln -s ../target up; mkdir -p ../target/escaped
            { section sub $id; section other 3f2504e0-4f89-11d3-9a0c-0305e82c3301; section up/escaped $id; section ../out $id; } > .gitmodules
            hutch init --name outer; hutch push; cd ..
            hutch clone outer c1 2> words; test -z "$(ls c1/sub)"
            grep -q "left out, a dataset of its own: 'sub'. For it: .hutch clone $id c1/sub." words
            grep -q "2 nested datasets were left out. .--recursive. takes" words; not grep -q escaped words
            hutch clone $id c1/sub 2> words; test "$(cat c1/sub/x)" = deep; not grep -q Warning words
            code=0; hutch clone -r outer c2 2> words || code=$?; test $code = 11; test "$(cat c2/sub/x)" = deep; test -z "$(ls c2/other)"
            grep -q "'other'. There is no dataset" words; test -z "$(ls target/escaped)" -a ! -e out
            cd c2; echo more > y; hutch push; hutch diff; cd sub; echo deeper > x; hutch push; cd ../..
            hutch list outer -r > listed; not grep -q sub/x listed; grep -q sub listed; cd c1/sub; hutch pull; test "$(cat x)" = deeper
            """)).AssertDone();
    }

    [Fact]
    public async Task Get_and_verify_take_nested_datasets_along_or_name_them()
    {
        ScriptPerson ada = await server.NewUserAsync("inside");
        (await ada.RunShellAsync(Functions +
            """
            mkdir deep; cd deep; echo deep > z; hutch init --name deep; hutch push; cd ..
            mkdir -p inner/deep; cd inner; echo in > x; section deep $(id deep) > .gitmodules; hutch init --name inner; hutch push; cd ..
            mkdir -p outer/a outer/b; cd outer; echo top > y; { section a $(id inner); section b $(id deep); } > .gitmodules
            hutch init --name outer; hutch push; cd ..; hutch clone --lazy outer c; cd c
            hutch get 2> ../words; grep -q "2 nested datasets were left out" ../words; grep -q "hutch clone $(id deep) b" ../words
            hutch get y 2> ../words; not grep -q nested ../words
            hutch get -r a; test "$(cat a/x)" = in; test "$(cat a/deep/z)" = deep; test -z "$(ls b)"
            hutch drop a/x 2> ../words || (cd a; hutch drop x); code=0; hutch verify --local 2> ../words; grep -q "'b'" ../words
            hutch verify --local -r > ../lines 2> ../words || code=$?; test $code = 11; test $(wc -l < ../lines) = 3; grep -q "'b'" ../words
            hutch get -r > ../lines; test "$(cat a/x)" = in; test "$(cat b/z)" = deep; hutch verify --local -r
            echo bad > b/z; code=0; hutch verify --local -r || code=$?; test $code = 7
            hutch verify outer > ../lines 2> ../words; test $(wc -l < ../lines) = 1; grep -q "2 nested datasets were left out" ../words
            hutch verify outer -r > ../lines; test $(wc -l < ../lines) = 3
            hutch rule add '1 copy where tier=archive' --dataset outer --dry-run -r 2> ../lines; test $(grep -c "^1 copy where" ../lines) = 3
            code=0; hutch rule add '1 copy where tier=archive' --all -r 2> ../words || code=$?; test $code = 2; grep -q 'add --dataset' ../words
            code=0; hutch mount outer . --foreground 2> ../words || code=$?; test $code != 0; grep -q "hutch mount $(id deep) DIRECTORY" ../words
            grep -q '2 nested datasets were left out. `--recursive` takes them along.$' ../words
            rm -r a/deep/.hutch a/deep/z; hutch clone -r outer ../d; test "$(cat ../d/a/deep/z)" = deep
            """)).AssertDone();
    }

    [Fact]
    public async Task A_ring_ends_and_levels_beyond_the_sixteenth_are_named()
    {
        ScriptPerson ada = await server.NewUserAsync("levels");
        (await ada.RunShellAsync(Functions +
            """
            mkdir l117; cd l117; echo deep > z; hutch init --name l117; hutch push; cd ..
            for i in $(seq 116 -1 100); do mkdir -p l$i/n; cd l$i; section n $(id l$((i + 1))) > .gitmodules; hutch init --name l$i; hutch push; cd ..; done
            code=0; hutch clone -r l100 c 2> words || code=$?; test $code = 11
            deep=n/n/n/n/n/n/n/n/n/n/n/n/n/n/n/n; test -e c/$deep/.gitmodules; test -z "$(ls c/$deep/n)"
            grep -q "'$deep/n'. It is more than 16 levels deep" words; grep -q '1 nested dataset was left out' words
            code=0; hutch verify -r l100 2> words || code=$?; test $code = 11; grep -q "'$deep/n'. It is more than" words
            hutch clone -r l101 whole 2> words; test "$(cat whole/$deep/z)" = deep; not grep -q left words
            mkdir -p p/q q/p q/me; cd p; hutch init --name ppp; hutch push; cd ../q; hutch init --name qqq; { section p $(id ppp); section me $(id qqq); } > .gitmodules; hutch push; cd ../p
            section q $(id qqq) > .gitmodules; hutch push; cd ..; hutch clone -r ppp ring 2> words
            test -e ring/q/.hutch; test -z "$(ls ring/q/p)"; grep -q "'q/p'. It is one of the datasets around it" words
            grep -q "'q/me'. It is one" words; hutch verify -r ppp
            """)).AssertDone();
    }

    /// <summary>The right to a superdataset gives none to the datasets inside, and a forbidden one looks like a missing one.</summary>
    [Fact]
    public async Task Nested_datasets_need_rights_of_their_own()
    {
        ScriptPerson owner = await server.NewUserAsync("owner");
        ScriptPerson reader = await server.NewUserAsync("reader");
        ScriptResult made = await owner.RunShellAsync(Functions +
            """
            mkdir inner; cd inner; echo secret > x; hutch init --name inner; hutch push; cd ..
            mkdir -p outer/hidden outer/nothing; cd outer; { section hidden $(id inner); section nothing 3f2504e0-4f89-11d3-9a0c-0305e82c3301; } > .gitmodules
            hutch init --name outer; hutch push; hutch share outer --with reader --right read; id inner
            """);
        made.AssertDone();
        string inner = made.Output.Trim().Split('\n')[^1];
        (await reader.RunShellAsync(
            $$"""
            for verb in "clone -r owner/outer c" "stage -r owner/outer s" "verify -r owner/outer"; do
                code=0; hutch $verb 2> words || code=$?; test $code = 11; not grep -q 'owner/inner' words
                grep "^.*left out, a dataset of its own" words | sed "s/{{inner}}/ID/; s/3f2504e0-4f89-11d3-9a0c-0305e82c3301/ID/; s/hidden/P/; s/nothing/P/" > both
                test $(wc -l < both) = 2; test $(sort -u both | wc -l) = 1
            done
            test -z "$(ls c/hidden)"; test ! -e s/hidden/x; cd c; code=0; hutch get -r 2> ../words || code=$?; test $code = 11; test -z "$(ls hidden)"
            """)).AssertDone();
    }

    /// <summary>The shape of BABS: 2 000 subdatasets cost no request each before the first byte of one.</summary>
    [Fact]
    public async Task The_first_byte_of_2000_nested_datasets_comes_after_at_most_20_requests()
    {
        ScriptPerson ada = await server.NewUserAsync("babs");
        (await ada.RunShellAsync(Functions +
            """
            mkdir inner; cd inner; echo deep > x; hutch init --name inner; hutch push; cd ..; id=$(id inner); echo -n $id > inner.id
            mkdir outer; cd outer; for i in $(seq -w 2000); do mkdir s$i; section s$i $id; done > .gitmodules; hutch init --name outer; hutch push
            hutch clone outer ../copy
            """)).AssertDone();
        string id = await File.ReadAllTextAsync(Path.Combine(ada.WorkingFolder, "inner.id"), TestContext.Current.CancellationToken);

        foreach (string[] words in (string[][])
            [["clone", "-r", "babs/outer", "c"], ["stage", "-r", "babs/outer", "s"], ["get", "-r"], ["verify", "-r", "babs/outer"]])
        {
            var counter = new RequestCounter(path => path.Contains($"/datasets/{id}/", StringComparison.Ordinal)
                && BytePaths.Any(one => path.Contains(one, StringComparison.Ordinal)));
            ScriptResult result = await ada.CountAsync(words[0] == "get" ? "copy" : ".", words, counter);

            Assert.True(counter.HasByte, $"{words[0]} reads no byte: {result.Errors}");
            Assert.True(counter.Requests.Count <= 20, $"{words[0]}: {string.Join('\n', counter.Requests)}");
        }
    }
}
