using System.IO.Pipelines;
using Hutch.Federation.Reverse;
using Hutch.Model;
using Microsoft.AspNetCore.Connections;

namespace Hutch.Federation.Tests.Reverse;

/// <summary>The connections that wait until a site is asked.</summary>
public sealed class ReverseConnectionsTests
{
    private static readonly BlobHash Site = BlobHash.Compute("a site's key"u8);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_that_were_cut_off_without_a_word_do_not_keep_new_ones_out()
    {
        var connections = new ReverseConnections();
        Task[] cut = [.. Enumerable.Range(0, 8).Select(_ => connections.KeepAsync(Site, Connection(), Ct))];
        var alive = new Pipe();
        Task kept = connections.KeepAsync(Site, Connection(alive), Ct);
        Assert.False(kept.IsCompleted, "the newest was turned away");

        await using Stream taken = await connections.TakeAsync(Site, Ct);
        await taken.WriteAsync("to the newest"u8.ToArray(), Ct);

        Assert.Equal(13, (await alive.Reader.ReadAsync(Ct)).Buffer.Length);
        await cut[0];
        Assert.All(cut[1..], static waiting => Assert.False(waiting.IsCompleted));
    }

    private static DefaultConnectionContext Connection(Pipe? output = null) =>
        new() { Transport = new Duplex(new Pipe().Reader, (output ?? new Pipe()).Writer) };

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
