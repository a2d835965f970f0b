using Hutch.Federation.Keys;
using Hutch.Federation.Reading;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Write.Blobs;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Reading;

/// <summary>What a site does not have comes from the nearest that has it, and from another when that one does not give it.</summary>
public sealed class NearestTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static readonly byte[] Large = Copied.Bytes((9 << 20) + 1, 3);
    private static readonly byte[] Small = Copied.Bytes(1000, 1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_copy_gives_the_home_is_not_asked_for()
    {
        await using RemoteReader reader = RemoteReader.Near(honest, honest.Home);
        reader.Home = null;

        Assert.Equal(Small, await reader.ReadAsync(Small, Ct));
        Assert.Equal(Large, await reader.ReadAsync(Large, Ct));
    }

    [Fact]
    public async Task What_a_copy_sends_wrong_comes_from_the_home()
    {
        await using RemoteReader reader = RemoteReader.Near(
            honest, new LyingHome(honest.Home) { OfPages = Changed, OfPart = Changed });

        Assert.Equal(Small, await reader.ReadAsync(Small, Ct));
    }

    [Fact]
    public async Task What_no_site_gives_is_refused_with_what_each_said()
    {
        await using RemoteReader reader = RemoteReader.Near(honest, new LyingHome(honest.Home) { OfPart = Changed });
        await reader.ReadAsync(Copied.Bytes(3_000_000, 2), Ct);
        reader.Home = null;

        var refused = await Assert.ThrowsAsync<HutchException>(() => reader.ReadAsync(Small, Ct));

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
        Assert.StartsWith("None of the sites that have these bytes gives them now. ", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("copy: It did not give what was asked for. From ", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("home: The home of the dataset did not give what was asked for. It cannot be dialled.", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_that_sends_nothing_is_waited_for_no_longer_than_the_home_takes()
    {
        var time = new ManualTime();
        var stuck = new StuckStream();
        await using RemoteReader reader = RemoteReader.Near(honest, new LyingHome(honest.Home) { OfPart = _ => stuck }, time);
        Task<byte[]> read = reader.ReadAsync(Small, Ct);
        await stuck.Asked;
        bool waited = !read.IsCompleted;

        while (!read.IsCompleted)
        {
            // The reader may not have started to wait yet.
            time.Advance(HoldersBlob.FailoverDelay);
            await Task.WhenAny(read, Task.Delay(10, Ct));
        }

        Assert.True(waited);
        Assert.Equal(Small, await read);
    }

    [Fact]
    public async Task A_file_that_was_begun_with_what_a_copy_had_signed_wrongly_does_not_go_on_with_what_the_home_sends()
    {
        var rest = new TaskCompletionSource();
        await using RemoteReader reader = RemoteReader.Near(honest, new LyingHome(honest.Lying("part of another file"))
        {
            OfExtents = bytes => new HeldUpStream(bytes, ExtentStatement.ExtentBytes + ExtentStatement.TrailerBytes, rest.Task),
        });
        IExternalBlob blob = (await reader.Origin.FindAsync(BlobHash.Compute(Large), Ct))!;
        var bytes = new byte[Large.Length];
        Extent first = blob.PartAt(0, blob.Size);
        await blob.ReadAsync(first, bytes.AsMemory(0, first.Length), Ct);

        rest.SetResult();
        var cut = await Assert.ThrowsAsync<HutchException>(async () =>
        {
            Extent last = blob.PartAt(blob.Size - 1, blob.Size);
            await blob.ReadAsync(last, bytes.AsMemory((int)last.Offset, last.Length), Ct);
        });
        byte[] again = await reader.ReadAsync(Large, Ct);

        Assert.Contains("has the SHA-256", cut.Error.Message, StringComparison.Ordinal);
        Assert.Equal(Large, again);
    }

    private static MemoryStream Changed(byte[] bytes)
    {
        bytes[600] ^= 1;
        return new MemoryStream(bytes);
    }
}
