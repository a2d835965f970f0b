using Hutch.Client.Fetch;
using Hutch.Client.Http;
using Hutch.Client.Workspaces;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Client.Tests.Workspaces;

public sealed class CloneTests : WorkspaceTest
{
    [Fact]
    public async Task A_clone_brings_bytes_times_executable_bits_links_and_empty_folders()
    {
        Server.SetHead(
            Server.Store("a.txt", "alpha"u8.ToArray()),
            Server.Store("sub/run.sh", "beta"u8.ToArray()) with { Executable = true },
            new EntryInfo { Path = "empty", Kind = EntryKinds.Directory },
            new EntryInfo { Path = "link", Kind = EntryKinds.Link, Target = "a.txt" });

        CloneOutcome outcome = await CloneAsync("clone");

        Assert.Equal((1L, 4L, 9L), (outcome.Snapshot, outcome.Entries, outcome.Bytes));
        Assert.Equal("alpha", Folder.Read("clone/a.txt"));
        Assert.True(File.GetUnixFileMode(Folder["clone/sub/run.sh"]).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(Folder["clone/a.txt"]).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("a.txt", new FileInfo(Folder["clone/link"]).LinkTarget);
        Assert.True(Directory.Exists(Folder["clone/empty"]));
        Assert.Equal(1_700_000_000_123_456_700, (File.GetLastWriteTimeUtc(Folder["clone/a.txt"]) - DateTime.UnixEpoch).Ticks * 100);
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task A_clone_of_a_snapshot_is_that_snapshot()
    {
        Server.Change(("a", "1"));
        Server.Change(("a", "2"));

        await CloneAsync("clone", at: "1");

        Assert.Equal("1", Folder.Read("clone/a"));
        Assert.Equal(1, Reopen("clone").BaseSnapshot);
    }

    [Fact]
    public async Task An_empty_dataset_can_be_cloned_and_pushed_to()
    {
        await CloneAsync("clone");
        Folder.Write("clone/a", "1");

        await PushAsync(Reopen("clone"));

        Assert.Equal("1", Server.Text("a"));
    }

    [Fact]
    public async Task Bytes_that_are_not_what_their_hash_says_are_refused_and_nothing_is_put_in_place()
    {
        Server.Change(("a", "honest"));
        Server.Tamper = (request, bytes) =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/fetch", StringComparison.Ordinal))
            {
                bytes[512] ^= 1;
            }

            return bytes;
        };

        VerificationException failure = await Assert.ThrowsAsync<VerificationException>(() => CloneAsync("clone"));

        Assert.Contains($"not {BlobHash.Compute("honest"u8)}", failure.Message, StringComparison.Ordinal);
        Assert.False(Folder.Has("clone/a"));
        Assert.Empty(Directory.GetFiles(Folder["clone/.hutch/tmp"]));
    }

    [Fact]
    public async Task A_large_file_whose_bytes_are_wrong_is_refused_too()
    {
        Server.SetHead(Server.Store("big", PushTests.RandomBytes(9_000_000)));
        Server.Tamper = (request, bytes) =>
        {
            if (request.RequestUri!.AbsolutePath.Contains("/entries/", StringComparison.Ordinal))
            {
                bytes[8_999_999] ^= 1;
            }

            return bytes;
        };

        await Assert.ThrowsAsync<VerificationException>(() => CloneAsync("clone"));

        Assert.False(Folder.Has("clone/big"));
    }

    [Fact]
    public async Task Streams_that_break_are_gone_on_with_where_they_stopped()
    {
        Server.SetHead(
            [
                .. Enumerable.Range(0, 50).Select(i => Server.Store($"small/{i}", PushTests.RandomBytes(1000 + i))),
                Server.Store("big", PushTests.RandomBytes(12_000_000)),
            ]);
        int cuts = 0;
        Server.Tamper = (request, bytes) =>
        {
            bool body = request.RequestUri!.AbsolutePath.EndsWith("/fetch", StringComparison.Ordinal)
                || request.RequestUri.AbsolutePath.Contains("/entries/", StringComparison.Ordinal);
            return body && Interlocked.Increment(ref cuts) <= 4 ? bytes[..(bytes.Length / 2)] : bytes;
        };

        await CloneAsync("clone");

        Assert.All(Server.Head, e => Assert.Equal(e.Value.Hash, BlobHash.Compute(File.ReadAllBytes(Folder["clone/" + e.Key]))));
        Assert.True(cuts > 4);
    }

    [Fact]
    public async Task An_interrupted_clone_resumes_with_its_snapshot_and_downloads_nothing_twice()
    {
        Server.SetHead(Server.Store("a", "1"u8.ToArray()), Server.Store("big", PushTests.RandomBytes(9_000_000)));
        Server.Intercept = request =>
        {
            // The small file is downloaded in parallel to the large one, and is there before that download breaks.
            return request.RequestUri!.AbsolutePath.Contains("/entries/", StringComparison.Ordinal) && SpinWait.SpinUntil(() => Folder.Has("clone/a"), TimeSpan.FromSeconds(30))
                ? throw new OperationCanceledException()
                : null;
        };
        await Assert.ThrowsAnyAsync<Exception>(() => CloneAsync("clone"));
        Server.Intercept = null;
        Server.Change(("later", "not of this clone"));

        CloneOutcome outcome = await CloneAsync("clone");

        Assert.Equal((1L, 2L, 1L), (outcome.Snapshot, outcome.Entries, outcome.Kept));
        Assert.False(Folder.Has("clone/later"));
    }

    [Fact]
    public async Task A_folder_with_something_in_it_is_no_place_for_a_clone()
    {
        Folder.Write("clone/mine", "precious");

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => CloneAsync("clone"));

        Assert.Equal(ErrorCode.AlreadyExists, refusal.Error.Code);
        Assert.Equal("precious", Folder.Read("clone/mine"));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/outside")]
    [InlineData("a/../../outside")]
    [InlineData("a//b")]
    [InlineData(".hutch-part-1")]
    [InlineData("e\u0301")]
    public async Task A_server_cannot_make_a_clone_write_outside_or_into_our_own_files(string path)
    {
        Server.SetHead(Server.Store(path, "evil"u8.ToArray()));

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => CloneAsync("clone"));

        Assert.Equal(ErrorCode.InvalidPath, refusal.Error.Code);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Folder.Path), f => !f.EndsWith("/clone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_cannot_make_a_clone_write_through_a_link_that_it_sent()
    {
        Directory.CreateDirectory(Folder["victim"]);
        Server.SetHead(new EntryInfo { Path = "a", Kind = EntryKinds.Link, Target = Folder["victim"] }, Server.Store("a/b", "evil"u8.ToArray()));

        await Assert.ThrowsAnyAsync<Exception>(() => CloneAsync("clone"));

        Assert.Empty(Directory.GetFileSystemEntries(Folder["victim"]));
    }

    [Fact]
    public async Task A_lazy_clone_leaves_placeholders_that_cannot_be_mistaken_for_data()
    {
        Server.Change(("run/1", "one"), ("run/2", "two"));

        await CloneAsync("clone", new CloneOptions { Lazy = true });

        Assert.Throws<FileNotFoundException>(() => Folder.Read("clone/run/1"));
        Assert.Equal("../.hutch/missing/" + BlobHash.Compute("one"u8), new FileInfo(Folder["clone/run/1"]).LinkTarget);
        WorkspaceStatus status = await StatusAsync(Reopen("clone"));
        Assert.True(status.IsClean);
        Assert.Equal(2, status.Placeholders);
        Assert.DoesNotContain(Server.Requests, r => r.EndsWith("/fetch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_server_has_damaged_is_named_and_everything_else_comes()
    {
        byte[] large = PushTests.RandomBytes(9_000_000);
        EntryInfo[] head =
        [
            Server.Store("a", "whole"u8.ToArray()), Server.Store("b", "damaged"u8.ToArray()), Server.Store("run/c", "damaged"u8.ToArray()),
            Server.Store("d", "whole too"u8.ToArray()), Server.Store("large", large),
        ];
        Server.SetHead(head);
        Server.Damaged.UnionWith([BlobHash.Compute("damaged"u8), BlobHash.Compute(large)]);

        CloneOutcome outcome = await CloneAsync("clone");

        Assert.Equal(["b", "large", "run/c"], outcome.Missing);
        Assert.Equal("whole", Folder.Read("clone/a"));
        Assert.Equal("whole too", Folder.Read("clone/d"));
        Assert.Equal(2, Server.Requests.Count(request => request.Contains("/entries/large", StringComparison.Ordinal) || request.EndsWith("/fetch", StringComparison.Ordinal)));
        Workspace workspace = Reopen("clone");
        WorkspaceStatus status = await StatusAsync(workspace);
        Assert.True(status.IsClean);
        Assert.Equal(3, status.Placeholders);
        Assert.Equal(["b", "large", "run/c"], (await GetAsync(workspace)).Missing);
        await PushAsync(workspace);
        Assert.Equal(5, Server.Head.Count);

        Server.Damaged.Clear();
        GetOutcome healed = await GetAsync(Reopen("clone"));
        Assert.Equal((3L, 0), (healed.Files, healed.Missing.Count));
        Assert.Equal("damaged", Folder.Read("clone/run/c"));
        Assert.Equal(large, File.ReadAllBytes(Folder["clone/large"]));
    }

    [Fact]
    public async Task Clone_and_get_distinguish_files_dropped_for_newer_data_from_damaged_ones()
    {
        byte[] large = PushTests.RandomBytes(9_000_000);
        Server.SetHead(
            Server.Store("a", "whole"u8.ToArray()), Server.Store("b", "damaged"u8.ToArray()), Server.Store("c", "went"u8.ToArray()),
            Server.Store("large", large));
        Server.Damaged.Add(BlobHash.Compute("damaged"u8));
        Server.MadeRoom.UnionWith([BlobHash.Compute("went"u8), BlobHash.Compute(large)]);

        CloneOutcome cloned = await CloneAsync("clone");
        GetOutcome got = await GetAsync(Reopen("clone"));

        Assert.Equal(["b", "c", "large"], cloned.Missing);
        Assert.Equal(["c", "large"], cloned.MadeRoom);
        Assert.Equal(cloned.Missing, got.Missing);
        Assert.Equal(cloned.MadeRoom, got.MadeRoom);
        Assert.Equal("whole", Folder.Read("clone/a"));
    }

    [Fact]
    public async Task Get_fills_placeholders_also_those_that_were_moved_and_drop_empties_them()
    {
        Server.SetHead(Server.Store("run/1", "one"u8.ToArray()), Server.Store("run/2", "two"u8.ToArray()), Server.Store("big", PushTests.RandomBytes(9_000_000)));
        await CloneAsync("clone", new CloneOptions { Lazy = true });
        File.Move(Folder["clone/run/2"], Folder["clone/moved"]);
        File.Move(Folder["clone/big"], Folder["clone/run/big"]);

        GetOutcome got = await GetAsync(Reopen("clone"), Folder["clone/moved"], Folder["clone/run"]);

        Assert.Equal((3L, 9_000_006L), (got.Files, got.Bytes));
        Assert.Equal("one", Folder.Read("clone/run/1"));
        Assert.Equal("two", Folder.Read("clone/moved"));
        Assert.Equal(9_000_000, new FileInfo(Folder["clone/run/big"]).Length);

        Workspace workspace = Reopen("clone");
        await PushAsync(workspace);
        DropOutcome dropped = await DropAsync(workspace, Folder["clone"]);
        Assert.Equal((3, 9_000_006L), (dropped.Dropped, dropped.Bytes));
        Assert.True((await StatusAsync(workspace)).IsClean);
    }

    [Fact]
    public async Task Drop_keeps_what_the_server_does_not_have()
    {
        Server.Change(("a", "1"), ("b", "2"));
        await CloneAsync("clone");
        Folder.Write("clone/a", "only here");
        Folder.Write("clone/new", "only here too");

        DropOutcome outcome = await DropAsync(Reopen("clone"), Folder["clone"]);

        Assert.Equal(1, outcome.Dropped);
        Assert.Equal(["a", "new"], outcome.Kept.Order());
        Assert.Equal("only here", Folder.Read("clone/a"));
    }

    [Fact]
    public async Task Drop_keeps_a_file_that_changes_while_the_server_is_asked_even_when_its_size_stays()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Intercept = request =>
        {
            if (request.Method == HttpMethod.Head)
            {
                Folder.Write("clone/a", "2");
            }

            return null;
        };

        DropOutcome outcome = await DropAsync(Reopen("clone"), Folder["clone/a"]);

        Assert.Equal(["a"], outcome.Kept);
        Assert.Equal("2", Folder.Read("clone/a"));
    }

    [Fact]
    public async Task Drop_asks_the_server_and_believes_nothing_else()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Intercept = request => request.Method == HttpMethod.Head ? Server.Reject(ErrorCode.NotFound) : null;

        DropOutcome outcome = await DropAsync(Reopen("clone"), Folder["clone/a"]);

        Assert.Equal(0, outcome.Dropped);
        Assert.Equal("1", Folder.Read("clone/a"));
    }

    [Fact]
    public async Task Two_clones_through_one_cache_fetch_each_blob_once()
    {
        Server.SetHead(Server.Store("a", "shared"u8.ToArray()), Server.Store("big", PushTests.RandomBytes(9_000_000)));
        var options = new CloneOptions { Cache = Folder["cache"] };
        await CloneAsync("one", options);
        Server.Requests.Clear();

        await CloneAsync("two", options);

        Assert.DoesNotContain(Server.Requests, r => r.EndsWith("/fetch", StringComparison.Ordinal) || r.Contains("/entries/", StringComparison.Ordinal));
        Assert.Equal("shared", Folder.Read("one/a"));
        Assert.Equal("shared", Folder.Read("two/a"));
        Assert.True((await StatusAsync(Reopen("two"))).IsClean);
        string copy = Directory.GetFiles(Folder["cache"], BlobHash.Compute("shared"u8).ToString(), SearchOption.AllDirectories).Single();
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(copy));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder["cache"]));
    }

    [Fact]
    public async Task A_copy_in_the_cache_that_was_changed_is_replaced_and_never_used()
    {
        Server.Change(("a", "honest"));
        var options = new CloneOptions { Cache = Folder["cache"] };
        await CloneAsync("one", options);
        string copy = Directory.GetFiles(Folder["cache"], BlobHash.Compute("honest"u8).ToString(), SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(copy, "wicked");

        await CloneAsync("two", options);

        Assert.Equal("honest", Folder.Read("two/a"));
    }

    [Fact]
    public async Task A_file_for_which_the_cache_has_no_place_stops_the_clone_and_is_not_passed_over()
    {
        byte[] bytes = PushTests.RandomBytes(9_000_000);
        Server.SetHead(Server.Store("big", bytes));
        using (BlobCache cache = BlobCache.Open(Folder["cache"]))
        {
            Directory.CreateDirectory(cache.PathOf(BlobHash.Compute(bytes)));
        }

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(
            () => CloneAsync("one", new CloneOptions { Cache = Folder["cache"] }));

        Assert.Contains("is a folder; is ", refusal.Error.Message, StringComparison.Ordinal);
    }
}
