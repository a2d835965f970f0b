using Hutch.Client.Watching;
using Hutch.Client.Workspaces;
using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.Client.Tests.Watching;

/// <summary>The loop over a watched folder.</summary>
public sealed class FolderWatchTests : WatchTest
{
    [Fact]
    public async Task A_disk_that_is_away_is_tried_again_with_growing_waits()
    {
        var waits = new List<double>();
        using CancellationTokenSource enough = new();
        FolderWatch watch = new(Folder.Path, Options, Time, () => throw new IOException("away"), _ => throw new InvalidOperationException())
        {
            Failed = (_, wait) =>
            {
                waits.Add(wait.TotalSeconds);
                if (waits.Count == 11)
                {
                    enough.Cancel();
                }
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.RunAsync(enough.Token));

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], waits);
    }

    [Fact]
    public async Task A_folder_is_looked_at_again_until_its_files_are_sent_and_after_failures_with_all_that_is_known()
    {
        Folder.Write("a", "alpha");
        await LookAsync();
        Stop();
        using HutchClient client = Server.Connect();
        using CancellationTokenSource sent = new();
        Server.Intercept = _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "away");
        var failures = new List<Exception>();
        FolderWatch watch = new(
            Folder.Path, Options with { Every = TimeSpan.FromSeconds(1) }, Time, () => Workspace.TryOpen(Folder.Path, Time)!,
            workspace => new WatchEngine(client, workspace, Options, Progress))
        {
            Failed = (failure, _) =>
            {
                failures.Add(failure);
                Server.Intercept = null;
            },
            Scanned = round =>
            {
                if (round.Snapshot is not null)
                {
                    sent.Cancel();
                }
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.RunAsync(sent.Token));

        Assert.Equal("alpha", Server.Text("a"));
        Assert.IsType<ServerUnreachableException>(Assert.Single(failures));
    }

    [Fact]
    public void Temporary_failures_are_distinguished_from_failures_that_a_person_must_resolve()
    {
        Uri server = new("http://127.0.0.1:1");
        Exception[] passing =
        [
            new ServerUnreachableException(server, new IOException()), new BadAnswerException("cut"), new IOException(), new UnauthorizedAccessException(),
            ErrorCode.Unavailable.With("busy").ToException(), ErrorCode.InsufficientStorage.With("full").ToException(),
            ErrorCode.Conflict.With("moved").ToException(),
        ];
        Exception[] lasting =
        [
            ErrorCode.Unauthenticated.With("expired").ToException(), ErrorCode.Forbidden.With("revoked").ToException(),
            ErrorCode.NotFound.With("gone").ToException(), ErrorCode.DatasetClosed.With("closed").ToException(), new InvalidOperationException(),
        ];

        Assert.All(passing, failure => Assert.True(FolderWatch.MayPass(failure), failure.Message));
        Assert.All(lasting, failure => Assert.False(FolderWatch.MayPass(failure), failure.Message));
    }
}
