using System.Net;
using Hutch.Client.Watching;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.Client.Tests.Watching;

/// <summary>Finished files are sent, and nothing that others stored is touched.</summary>
public sealed class WatchTests : WatchTest
{
    [Fact]
    public async Task Files_are_sent_when_they_are_quiet_and_a_file_that_grows_again_is_sent_again()
    {
        Folder.Write("grid/a.mrc", "alpha");
        WatchRound first = await LookAsync();
        await PassAsync();
        WatchRound second = await LookAsync();
        File.AppendAllText(Folder["grid/a.mrc"], "+");
        WatchRound third = await SettleAsync();

        Assert.Equal((null, 1), (first.Snapshot, first.Waiting));
        Assert.Equal((1, 0), (second.Added, second.Waiting));
        Assert.Equal((0, 1), (third.Added, third.Changed));
        Assert.Equal(["grid/a.mrc"], Server.Head.Keys);
        Assert.Equal("alpha+", Server.Text("grid/a.mrc"));
    }

    [Fact]
    public async Task A_look_with_nothing_finished_sends_no_request()
    {
        Folder.Write("a", "alpha");
        await SendAsync();
        Folder.Write("b", "beta");
        Server.Requests.Clear();

        await LookAsync();

        Assert.Empty(Server.Requests);
    }

#if !PORTABLE_DISK // which reports no writers
    [Fact]
    public async Task A_file_that_a_program_writes_to_waits_however_quiet_it_is()
    {
        Folder.Write("a", "alpha");
        using (FileStream writer = new(Folder["a"], FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            WatchRound open = await SettleAsync();

            Assert.Null(open.Snapshot);
            Assert.Equal("'a' is open in another program; it is sent when it is closed.", Assert.Single(open.Notes));
            Assert.Equal(1, open.Waiting);
        }

        Assert.Equal(1, (await LookAsync()).Added);
    }
#endif

    [Fact]
    public async Task With_a_rule_about_markers_nothing_is_sent_before_the_marker_and_all_that_is_older_at_once_after_it()
    {
        Options = Options with { FinishedWhen = "*.done" };
        Folder.Write("one/sub/a", "alpha");
        Folder.Write("two/b", "beta");
        Assert.Equal((null, 2), await SettleAsync() is var waiting ? (waiting.Snapshot, waiting.Waiting) : default);
        Folder.Write("one/scan.done", "");
        Folder.Write("one/late", "late");
        File.SetLastWriteTimeUtc(Folder["one/late"], DateTime.UtcNow.AddMinutes(1));

        WatchRound marked = await LookAsync();

        Assert.Equal((2, 2), (marked.Added, marked.Waiting));
        Assert.Equal(["one/scan.done", "one/sub/a"], Server.Head.Keys);
    }

    [Fact]
    public async Task What_others_stored_is_neither_removed_nor_replaced_and_what_this_folder_sent_is()
    {
        Server.Change(("theirs", "1"), ("same", "equal"), ("clash", "other!"));
        Folder.Write("same", "equal");
        Folder.Write("clash", "mine!!");
        Folder.Write("own", "1");
        WatchRound sent = await SettleAsync();
        File.WriteAllText(Folder["own"], "2");
        Server.Change(("more", "1"));
        await LookAsync();
        await PassAsync();
        File.Delete(Folder["same"]);
        WatchRound later = await LookAsync();

        Assert.Equal((1, 0), (sent.Added, sent.Changed));
        Assert.Contains("'clash' is in the dataset with other bytes", Assert.Single(sent.Notes), StringComparison.Ordinal);
        Assert.Equal((0, 1), (later.Added, later.Changed));
        Assert.Equal(["clash", "more", "own", "same", "theirs"], Server.Head.Keys);
        Assert.Equal(("other!", "2"), (Server.Text("clash"), Server.Text("own")));
    }

    [Fact]
    public async Task A_file_that_was_sent_and_is_gone_here_may_be_replaced_by_a_new_one_unless_others_changed_it()
    {
        Folder.Write("a", "alpha");
        Folder.Write("b", "beta");
        Folder.Write("c", "gamma");
        await SendAsync();
        foreach (string name in (string[])["a", "b", "c"])
        {
            File.Delete(Folder[name]);
        }

        await LookAsync();
        Stop();
        Server.Change(("c", "theirs"));
        Folder.Write("a", "ALPHA");
        Folder.Write("b", "beta");
        Folder.Write("c", "GAMMA");

        WatchRound back = await SettleAsync();

        Assert.Equal(("ALPHA", "beta", "theirs"), (Server.Text("a"), Server.Text("b"), Server.Text("c")));
        Assert.Contains("'c' is in the dataset", Assert.Single(back.Notes), StringComparison.Ordinal);
        Assert.Equal(5, back.SentBytes);
    }

    [Fact]
    public async Task Links_are_not_followed_and_what_no_dataset_can_hold_is_left_out_and_named()
    {
        Folder.Write("a", "alpha");
        File.CreateSymbolicLink(Folder["link"], "/etc/passwd");
        File.CreateSymbolicLink(Folder["folder"], "/etc");
        Directory.CreateDirectory(Folder["empty"]);
        using (System.Diagnostics.Process pipe = System.Diagnostics.Process.Start("mkfifo", Folder["pipe"]))
        {
            await pipe.WaitForExitAsync(Cancel);
        }

        Folder.Write("e\u0301", "decomposed");
        Folder.Write("\u00e9", "composed");

        await SettleAsync();

        Assert.Equal(["a"], Server.Head.Keys);
        Assert.Contains(Progress.Told, told => told.Contains("'pipe' is left out. It is a socket, pipe or device.", StringComparison.Ordinal));
        Assert.Contains(Progress.Told, told => told.Contains('\u00e9', StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_lost_answer_of_the_commit_the_next_look_sends_no_byte_again()
    {
        Folder.Write("a", "alpha");
        Folder.Write("large", new string('x', 9 << 20));
        Server.Committed = () =>
        {
            Server.Committed = static () => { };
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "cut");
        };
        await LookAsync();
        await PassAsync();
        await Assert.ThrowsAnyAsync<Exception>(LookAsync);
        Assert.Equal(["a", "large"], Server.Head.Keys);

        WatchRound next = await LookAsync();

        Assert.Equal((0, 0, null), (next.SentBytes, next.Added, next.Snapshot));
        Assert.Equal(1, Server.SnapshotCount);
        Server.Requests.Clear();
        await LookAsync();
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("/sessions", 0)]
    [InlineData("/blobs", 0)]
    [InlineData("/commit", 0)]
    [InlineData("/receipts", 1)]
    public async Task A_server_that_goes_away_at_any_step_gets_everything_once_it_is_back(string step, int allowed)
    {
        Folder.Write("a", "alpha");
        Folder.Write("b/c", "gamma");
        Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith(step, StringComparison.Ordinal) && allowed-- <= 0
            ? throw new HttpRequestException(HttpRequestError.ConnectionError, "away")
            : null;
        await LookAsync();
        await PassAsync();
        if (step != "/receipts")
        {
            await Assert.ThrowsAsync<ServerUnreachableException>(LookAsync);
        }

        Stop();
        Server.Intercept = null;

        await SettleAsync();

        Assert.Equal(("alpha", "gamma"), (Server.Text("a"), Server.Text("b/c")));
    }

    [Fact]
    public async Task Two_programs_do_not_send_one_folder()
    {
        Folder.Write("a", "alpha");
        await LookAsync();
        using var second = Client.Workspaces.Workspace.TryOpen(Folder.Path)!;
        using HutchClient client = Server.Connect();

        HutchException refused = await Assert.ThrowsAsync<HutchException>(
            () => new WatchEngine(client, second, Options, Progress).RunAsync(Cancel));

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
    }

    [Fact]
    public async Task A_closed_dataset_is_refused()
    {
        Server.State = DatasetStates.Closed;
        Folder.Write("a", "alpha");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(SettleAsync);

        Assert.Equal(ErrorCode.DatasetClosed, refused.Error.Code);
        Assert.Equal(HttpStatusCode.Conflict, (HttpStatusCode)refused.Error.Code.Status);
    }
}
