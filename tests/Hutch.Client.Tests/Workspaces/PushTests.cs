using System.Net;
using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Client.Tests.Workspaces;

public sealed class PushTests : WorkspaceTest
{
    private const int LargeBytes = 9 * 1024 * 1024;

    [Fact]
    public async Task A_push_stores_files_links_and_empty_folders_with_their_attributes()
    {
        Folder.Write("a.txt", "alpha");
        Folder.Write("sub/b.sh", "beta");
        File.SetUnixFileMode(Folder["sub/b.sh"], (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Folder["link"], "/etc/passwd");
        Directory.CreateDirectory(Folder["empty"]);

        PushOutcome outcome = await PushAsync(Init());

        Assert.Equal(4, outcome.Added);
        Assert.Equal(2, outcome.UploadedFiles);
        Assert.Equal(["a.txt", "empty", "link", "sub/b.sh"], Server.Head.Keys);
        Assert.Equal("alpha", Server.Text("a.txt"));
        Assert.True(Server.Head["sub/b.sh"].Executable);
        Assert.Null(Server.Head["a.txt"].Executable);
        Assert.Equal("/etc/passwd", Server.Head["link"].Target);
        Assert.Equal(EntryKinds.Directory, Server.Head["empty"].Kind);
    }

    [Fact]
    public async Task A_second_push_with_no_change_asks_for_no_session_and_makes_no_snapshot()
    {
        Folder.Write("a.txt", "alpha");
        Workspace workspace = Init();
        await PushAsync(workspace);
        Server.Requests.Clear();

        PushOutcome outcome = await PushAsync(workspace);

        Assert.Null(outcome.Snapshot);
        Assert.Equal(["GET datasets/" + Server.Dataset], Server.Requests);
        Assert.Equal(1, Server.SnapshotCount);
    }

    [Fact]
    public async Task A_push_sends_only_the_bytes_that_are_new_and_keeps_what_a_door_said_about_a_path()
    {
        Server.SetHead(Server.Store("a.txt", "old"u8.ToArray()) with { ContentType = "text/plain", Metadata = new Dictionary<string, string> { ["k"] = "v" } });
        await CloneAsync("clone");
        Workspace workspace = Reopen("clone");
        Folder.Write("clone/a.txt", "new");
        Folder.Write("clone/copy.txt", "old");
        Folder.Write("clone/again.txt", "new");

        PushOutcome outcome = await PushAsync(workspace);

        Assert.Equal((2, 1, 1L), (outcome.Added, outcome.Changed, outcome.UploadedFiles));
        Assert.Equal("text/plain", Server.Head["a.txt"].ContentType);
        Assert.Equal("v", Server.Head["a.txt"].Metadata!["k"]);
        Assert.Equal("old", Server.Text("copy.txt"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(LargeBytes)]
    public async Task A_new_path_for_bytes_that_the_server_has_damaged_sends_them_and_nothing_else_again(int size)
    {
        string bytes = new('x', size);
        Server.Change(("a", bytes));
        await CloneAsync("clone");
        Workspace workspace = Reopen("clone");
        Server.Damaged.Add(Server.Head["a"].Hash!.Value);
        Folder.Write("clone/b", bytes);
        Folder.Write("clone/c", "new");

        PushOutcome outcome = await PushAsync(workspace);

        Assert.Equal((2, 2, size + 3L), (outcome.Added, outcome.UploadedFiles, outcome.UploadedBytes));
        Assert.Equal(Server.Head["a"].Hash, Server.Head["b"].Hash);
        Assert.Empty(Server.Damaged);
    }

    [Fact]
    public async Task Removed_files_are_removed_and_a_touched_file_is_no_change()
    {
        Server.Change(("a", "1"), ("b", "2"));
        await CloneAsync("clone");
        Workspace workspace = Reopen("clone");
        File.Delete(Folder["clone/a"]);
        File.SetLastWriteTimeUtc(Folder["clone/b"], DateTime.UnixEpoch);

        PushOutcome outcome = await PushAsync(workspace);

        Assert.Equal((0, 0, 1), (outcome.Added, outcome.Changed, outcome.Removed));
        Assert.Equal(["b"], Server.Head.Keys);
    }

    [Fact]
    public async Task A_change_that_keeps_size_and_time_is_seen()
    {
        Folder.Write("a", "11");
        File.SetLastWriteTimeUtc(Folder["a"], DateTime.UnixEpoch.AddYears(50));
        Workspace workspace = Init();
        await PushAsync(workspace);
        File.WriteAllText(Folder["a"], "22");
        File.SetLastWriteTimeUtc(Folder["a"], DateTime.UnixEpoch.AddYears(50));

        PushOutcome outcome = await PushAsync(workspace);

        Assert.Equal(1, outcome.Changed);
        Assert.Equal("22", Server.Text("a"));
    }

    [Fact]
    public async Task A_push_after_a_change_by_another_client_is_a_conflict_that_advises_a_pull()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "theirs"));
        Folder.Write("clone/a", "ours");

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));

        Assert.Equal(ErrorCode.Conflict.Name, refusal.Error.Code.Name);
        Assert.Contains("hutch pull", refusal.Error.Code.Advice, StringComparison.Ordinal);
        Assert.Equal("theirs", Server.Text("a"));
    }

    [Fact]
    public async Task When_the_head_moves_during_the_push_the_commit_is_a_conflict_and_the_uploads_serve_the_next_push()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Folder.Write("clone/new", "ours");
        Server.Intercept = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/commit", StringComparison.Ordinal))
            {
                Server.Intercept = null;
                Server.Change(("b", "theirs"));
            }

            return null;
        };
        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));
        Assert.Equal(ErrorCode.Conflict.Name, refusal.Error.Code.Name);

        await PullAsync(Reopen("clone"));
        PushOutcome outcome = await PushAsync(Reopen("clone"));

        Assert.Equal(0, outcome.UploadedFiles);
        Assert.Equal(["a", "b", "new"], Server.Head.Keys);
    }

    [Fact]
    public async Task A_push_to_a_closed_dataset_says_to_derive_one()
    {
        Server.State = DatasetStates.Closed;

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Init()));

        Assert.Equal(ErrorCode.DatasetClosed, refusal.Error.Code);
        Assert.Contains("hutch derive", refusal.Error.Code.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_is_hashed_while_it_is_sent_and_read_once()
    {
        byte[] bytes = RandomBytes(LargeBytes);
        await File.WriteAllBytesAsync(Folder["big"], bytes, Cancel);

        PushOutcome outcome = await PushAsync(Init());

        Assert.Equal((1L, (long)LargeBytes), (outcome.UploadedFiles, outcome.UploadedBytes));
        Assert.Equal(BlobHash.Compute(bytes), Server.Head["big"].Hash);
        Assert.DoesNotContain(Server.Requests, r => r.EndsWith("/negotiate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_upload_resumes_where_the_connection_broke()
    {
        byte[] bytes = RandomBytes(LargeBytes);
        await File.WriteAllBytesAsync(Folder["big"], bytes, Cancel);
        Workspace workspace = Init();
        int half = LargeBytes / 2;
        Server.Intercept = request =>
        {
            if (request.Method != HttpMethod.Patch)
            {
                return null;
            }

            // The server receives the first half, but the client gets no answer.
            Server.Intercept = null;
            using var part = new HttpRequestMessage(HttpMethod.Patch, request.RequestUri) { Content = new ByteArrayContent(bytes[..half]) };
            part.Headers.Add(HutchHeaders.UploadOffset, "0");
            using var other = new HttpMessageInvoker(Server, disposeHandler: false);
            other.Send(part, Cancel);
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "gone");
        };

        await PushAsync(workspace);

        Assert.Equal(BlobHash.Compute(bytes), Server.Head["big"].Hash);
        Assert.Contains(Progress.Told, t => t.Contains("; resuming.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_file_that_the_base_may_have_is_hashed_first_and_not_sent()
    {
        byte[] bytes = RandomBytes(LargeBytes);
        Server.SetHead(Server.Store("big", bytes));
        await CloneAsync("clone");
        File.Copy(Folder["clone/big"], Folder["clone/copy"]);

        PushOutcome outcome = await PushAsync(Reopen("clone"));

        Assert.Equal(0, outcome.UploadedBytes);
        Assert.Equal(BlobHash.Compute(bytes), Server.Head["copy"].Hash);
    }

    [Fact]
    public async Task An_interrupted_push_resumes_its_session_and_uploads_nothing_twice()
    {
        Folder.Write("a", "1");
        Workspace workspace = Init();
        Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/commit", StringComparison.Ordinal) ? throw new OperationCanceledException() : null;
        await Assert.ThrowsAnyAsync<Exception>(() => PushAsync(workspace));
        Server.Intercept = null;

        PushOutcome outcome = await PushAsync(Reopen());

        Assert.Equal(0, outcome.UploadedFiles);
        Assert.Equal("1", Server.Text("a"));
        Assert.Single(Server.Requests, r => r.EndsWith("/sessions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_expired_is_replaced_by_a_new_one()
    {
        Folder.Write("a", "1");
        Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/commit", StringComparison.Ordinal) ? throw new OperationCanceledException() : null;
        await Assert.ThrowsAnyAsync<Exception>(() => PushAsync(Init()));
        Server.Intercept = null;
        Server.ExpireSessions();

        await PushAsync(Reopen());

        Assert.Equal("1", Server.Text("a"));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_recognised_as_our_own()
    {
        Folder.Write("a", "1");
        bool first = true;
        Server.Intercept = request =>
        {
            if (!first || !request.RequestUri!.AbsolutePath.EndsWith("/commit", StringComparison.Ordinal))
            {
                return null;
            }

            first = false;
            using var again = new HttpRequestMessage(HttpMethod.Post, request.RequestUri) { Content = request.Content };
            using var other = new HttpMessageInvoker(Server, disposeHandler: false);
            Assert.Equal(HttpStatusCode.OK, other.Send(again, Cancel).StatusCode);
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "gone");
        };

        PushOutcome outcome = await PushAsync(Init());

        Assert.Equal(1, outcome.Snapshot!.Number);
        Assert.Equal(1, Server.SnapshotCount);
    }

    [Fact]
    public async Task A_file_appended_to_during_a_push_is_stored_whole_or_left_out_and_reported()
    {
        Folder.Write("log", new string('x', 4_000_000));
        Folder.Write("quiet", "1");
        using var stop = new CancellationTokenSource();
        Workspace workspace = Init();
        using var begun = new ManualResetEventSlim();
        Task writing = Task.Run(() =>
        {
            using var file = new FileStream(Folder["log"], FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            while (!stop.IsCancellationRequested)
            {
                file.WriteByte((byte)'x');
                file.Flush();
                begun.Set();
            }
        });

        begun.Wait(Cancel);
        PushOutcome outcome = await PushAsync(workspace);
        await stop.CancelAsync();
        await writing;

        Assert.Equal(["log"], outcome.Unstable.Concat(outcome.ChangedSince));
        Assert.Equal(["quiet"], Server.Head.Keys.Except(["log"]));
        if (outcome.Unstable.Count > 0)
        {
            Assert.Contains(Progress.Told, t => t.Contains("log changed while it was being read", StringComparison.Ordinal));
            await PushAsync(workspace);
        }

        Assert.All(Server.Text("log"), c => Assert.Equal('x', c));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        Folder.Write("a", "1");
        int refusals = 2;
        Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/blobs", StringComparison.Ordinal) && refusals-- > 0
            ? Server.Reject(ErrorCode.Unavailable)
            : null;

        await PushAsync(Init());

        Assert.Equal("1", Server.Text("a"));
    }

    [Fact]
    public async Task A_server_that_stored_other_bytes_than_were_sent_gets_no_commit()
    {
        byte[] bytes = RandomBytes(LargeBytes);
        await File.WriteAllBytesAsync(Folder["big"], bytes, Cancel);
        Server.Intercept = request =>
        {
            if (request.Method != HttpMethod.Patch)
            {
                return null;
            }

            var response = new HttpResponseMessage(HttpStatusCode.NoContent);
            response.Headers.Add(HutchHeaders.UploadOffset, "9437184");
            response.Headers.TryAddWithoutValidation(
                HutchHeaders.ReprDigest, $"sha-256=:{Convert.ToBase64String(BlobHash.Compute("something else"u8).ToBytes())}:");
            return response;
        };

        await Assert.ThrowsAsync<Client.Http.VerificationException>(() => PushAsync(Init()));

        Assert.Equal(0, Server.SnapshotCount);
        Assert.DoesNotContain(Server.Requests, r => r.EndsWith("/commit", StringComparison.Ordinal));
    }

    internal static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
