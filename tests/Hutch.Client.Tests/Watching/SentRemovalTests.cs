using System.Security.Cryptography;
using Hutch.Client.Watching;
using Hutch.Client.Workspaces;
using Hutch.Model;
using Hutch.Model.Sites;

namespace Hutch.Client.Tests.Watching;

/// <summary>A file is removed here only while the site proves that it stores its bytes.</summary>
public sealed class SentRemovalTests : WatchTest
{
    public SentRemovalTests() => Options = Options with { RemovesSent = true };

    /// <summary>Lies and mistakes of a server.</summary>
    public static TheoryData<string> Forgeries => ["path", "size", "hash", "state", "snapshot", "time", "dataset", "nonce", "key", "proof", "twice"];

    [Fact]
    public async Task A_sent_file_is_removed_with_a_receipt_and_stays_in_the_dataset()
    {
        Folder.Write("grid/a.mrc", "alpha");
        Folder.Write("b", "");
        WatchRound sent = await SettleAsync();
        await PassAsync();
        WatchRound removed = await LookAsync();
        WatchRound after = await LookAsync();

        Assert.Equal((TimeSpan.Zero, null), (sent.NextIn, removed.NextIn));
        Assert.Equal((2, 5), (removed.Removed, removed.RemovedBytes));
        Assert.Equal((0, null), (after.Removed, after.Snapshot));
        Assert.Equal([".hutch", "grid"], Names());
        Assert.Empty(Directory.GetFiles(Folder["grid"]));
        Assert.Equal(["b", "grid/a.mrc"], Server.Head.Keys);
    }

    [Fact]
    public async Task A_new_file_replaces_a_removed_one_of_its_name()
    {
        Folder.Write("latest.jpg", "one");
        await SendAsync();
        await LookAsync();
        Assert.False(Folder.Has("latest.jpg"));
        Folder.Write("latest.jpg", "two");

        await SettleAsync();

        Assert.Equal("two", Server.Text("latest.jpg"));
    }

    [Fact]
    public async Task Without_the_option_nothing_is_removed_and_no_receipt_is_asked_for()
    {
        Options = Options with { RemovesSent = false };
        Folder.Write("a", "alpha");
        await SendAsync();
        Server.Requests.Clear();

        await LookAsync();

        Assert.True(Folder.Has("a"));
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_receipt_that_was_changed_after_it_was_signed_removes_nothing(string part)
    {
        Folder.Write("a", "alpha");
        await SendAsync();
        BlobHash other = BlobHash.Compute("other"u8);
        Server.Forge = list => part switch
        {
            "path" => list with { Files = [list.Files[0] with { Path = "../a" }] },
            "size" => list with { Files = [list.Files[0] with { Size = 6 }] },
            "hash" => list with { Files = [list.Files[0] with { Hash = other }] },
            "state" => list with { Files = [list.Files[0] with { State = "temporary" }] },
            "snapshot" => list with { Snapshot = 9 },
            "time" => list with { Time = long.MaxValue },
            "dataset" => list with { Dataset = new DatasetId(Guid.NewGuid()) },
            "nonce" => list with { Nonce = other },
            "key" => list with { Site = SiteKeyText.Format(other) },
            "proof" => list with { Proof = list.Proof.Replace(list.Proof[^3], list.Proof[^3] == 'A' ? 'B' : 'A') },
            _ => list with { Files = [list.Files[0], list.Files[0]] },
        };

        WatchRound round = await LookAsync();

        Assert.Equal(0, round.Removed);
        Assert.Equal("alpha", Folder.Read("a"));
        Assert.Contains("sent receipts", Assert.Single(round.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_for_a_file_of_another_state_path_or_content_removes_nothing()
    {
        Folder.Write("a", "alpha");
        await SendAsync();

        Server.ReceiptState = ReceiptStates.Temporary;
        Assert.Contains("temporary", Assert.Single((await LookAsync()).Notes), StringComparison.Ordinal);
        Server.ReceiptState = ReceiptStates.Elsewhere;
        Assert.Contains("itself", Assert.Single((await LookAsync()).Notes), StringComparison.Ordinal);
        Server.ReceiptState = "stored-perhaps";
        await LookAsync();
        Server.ReceiptState = ReceiptStates.Stored;
        Server.Change(("a", "ALPHA"));
        Assert.Contains("other bytes", Assert.Single((await LookAsync()).Notes), StringComparison.Ordinal);
        Server.Change(("a", null));
        Assert.Contains("does not have it", Assert.Single((await LookAsync()).Notes), StringComparison.Ordinal);

        Assert.Equal("alpha", Folder.Read("a"));
    }

    [Fact]
    public async Task Only_the_key_that_was_shown_first_or_named_counts()
    {
        Folder.Write("a", "alpha");
        await SendAsync();
        await LookAsync();
        Assert.False(Folder.Has("a"));
        Folder.Write("b", "beta");
        await SendAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Server.SiteKey = other;

        WatchRound refused = await LookAsync();
        Stop();
        Options = Options with { SiteKey = BlobHash.Compute(other.ExportSubjectPublicKeyInfo()) };
        WatchRound named = await LookAsync();

        Assert.Contains("Nothing is removed", Assert.Single(refused.Notes), StringComparison.Ordinal);
        Assert.Equal((0, 1), (refused.Removed, named.Removed));
    }

    [Fact]
    public async Task A_file_that_changed_after_the_receipt_came_stays_and_is_sent_again()
    {
        Folder.Write("a", "alpha");
        Folder.Write("b", "beta");
        Folder.Write("c", "gamma");
        await SendAsync();
        Server.Forge = list =>
        {
            // The same size and time, other bytes; other bytes; another file in its place.
            DateTime time = File.GetLastWriteTimeUtc(Folder["a"]);
            File.WriteAllText(Folder["a"], "ALPHA");
            File.SetLastWriteTimeUtc(Folder["a"], time);
            File.AppendAllText(Folder["b"], "+");
            File.Move(Folder["c"], Folder["c.old"]);
            File.WriteAllText(Folder["c"], "GAMMA");
            Server.Forge = static list => list;
            return list;
        };

        WatchRound round = await LookAsync();
        await SettleAsync();

        Assert.Equal((0, 3), (round.Removed, round.Notes.Count));
        Assert.All(round.Notes, note => Assert.Contains("sent again", note, StringComparison.Ordinal));
        Assert.Equal(("ALPHA", "beta+", "GAMMA"), (Server.Text("a"), Server.Text("b"), Server.Text("c")));
    }

#if !PORTABLE_DISK // which reports no writers
    [Fact]
    public async Task A_file_that_a_program_has_opened_for_writing_stays_under_its_name()
    {
        Folder.Write("a", "alpha");
        await SendAsync();
        using FileStream writer = new(Folder["a"], FileMode.Append, FileAccess.Write, FileShare.ReadWrite);

        WatchRound round = await LookAsync();

        Assert.Contains("open in another program", Assert.Single(round.Notes), StringComparison.Ordinal);
        Assert.Equal([".hutch", "a"], Names());
    }
#endif

    [Fact]
    public async Task After_a_kill_between_the_last_checks_and_the_removal_files_have_their_names_again()
    {
        Folder.Write("one/a", "alpha");
        Folder.Write("b", "beta");
        await SendAsync();
        Stop();
        File.WriteAllText(Folder[".hutch", "removing"], """{"token":"0123","paths":["one/a","b","none","../out"]}""");
        File.Move(Folder["one/a"], Folder["one/.hutch-part-0123-0"]);
        File.Move(Folder["b"], Folder[".hutch-part-0123-1"]);
        Folder.Write("b", "a new one");

        Options = Options with { RemovesSent = false };
        await LookAsync();

        Assert.Equal("alpha", Folder.Read("one/a"));
        Assert.Equal("a new one", Folder.Read("b"));
        Assert.Equal("beta", Folder.Read("b.restored-0123-1"));
        Assert.False(Folder.Has(".hutch/removing"));
    }

    [Fact]
    public async Task More_files_than_one_receipt_has_are_removed_with_several()
    {
        for (int i = 0; i < ReceiptStatement.MaxLines + 1; i++)
        {
            Folder.Write($"f{i}", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        await SendAsync();

        Assert.Equal(ReceiptStatement.MaxLines + 1, (await LookAsync()).Removed);
        Assert.Equal([".hutch"], Names());
        Assert.Equal(ReceiptStatement.MaxLines + 1, Server.Head.Count);
    }

    [Fact]
    public async Task A_file_that_was_only_touched_after_the_receipt_came_stays_for_another_round()
    {
        Folder.Write("a", "alpha");
        await SendAsync();
        Server.Forge = list =>
        {
            File.SetLastWriteTimeUtc(Folder["a"], DateTime.UtcNow.AddHours(-1));
            Server.Forge = static list => list;
            return list;
        };

        Assert.Equal(0, (await LookAsync()).Removed);

        Assert.Equal("alpha", Folder.Read("a"));
    }

    [Fact]
    public async Task A_file_whose_bytes_are_not_those_that_the_index_remembers_stays_and_is_sent_again()
    {
        Folder.Write("a", "alpha");
        await SendAsync();
        Stop();
        File.WriteAllText(Folder["a"], "ALPHA");
        await PassAsync();
        using (var workspace = Workspace.TryOpen(Folder.Path, Time)!)
        {
            workspace.Index.Set("a", workspace.Root.Status("a")!.Value, BlobHash.Compute("alpha"u8));
            workspace.SaveIndex();
        }

        WatchRound wrong = await LookAsync();
        await LookAsync();
        await SettleAsync();

        Assert.Equal((0, "ALPHA"), (wrong.Removed, Server.Text("a")));
        Assert.Contains("sent again", Assert.Single(wrong.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_became_a_link_is_not_entered()
    {
        Folder.Write("one/a", "alpha");
        await SendAsync();
        using var outside = new Testing.TemporaryFolder();
        outside.Write("a", "alpha");
        Server.Forge = list =>
        {
            Directory.Move(Folder["one"], Folder["moved"]);
            Directory.CreateSymbolicLink(Folder["one"], outside.Path);
            return list;
        };

        Assert.Equal(0, (await LookAsync()).Removed);

        Assert.Equal(("alpha", "alpha"), (outside.Read("a"), Folder.Read("moved/a")));
    }

    private string[] Names() => [.. Directory.GetFileSystemEntries(Folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
