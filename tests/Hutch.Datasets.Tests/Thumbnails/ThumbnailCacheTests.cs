using System.Globalization;
using Hutch.Datasets.Thumbnails;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Site.Tests.Sites;
using Hutch.Testing.Clocks;

namespace Hutch.Datasets.Tests.Thumbnails;

/// <summary>Thumbnails are made once, two at a time; what cannot be made is tried again on another day.</summary>
public sealed class ThumbnailCacheTests : IDisposable
{
    private static readonly BlobHash Version = BlobHash.Compute("a"u8);

    private readonly FaultyDisk _disk = new(1);
    private readonly StandingTime _time = new();
    private readonly LogLines<ThumbnailCache> _log = new();
    private ThumbnailCache _cache;
    private int _made;

    public ThumbnailCacheTests() => _cache = Open();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_thumbnail_is_made_once_and_outlives_a_restart()
    {
        Result<byte[]?> first = await _cache.GetAsync(Version, "a", Makes([1, 2, 3]), Ct);
        Result<byte[]?> again = await _cache.GetAsync(Version, "a", Makes([4]), Ct);
        Reopen();
        Result<byte[]?> later = await _cache.GetAsync(Version, "a", Makes([5]), Ct);

        Assert.Equal([1, 2, 3], first.Value!);
        Assert.Equal(first.Value, again.Value);
        Assert.Equal(first.Value, later.Value);
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task Concurrent_requests_for_the_same_thumbnail_wait_for_one_computation()
    {
        var gate = new TaskCompletionSource<Result<byte[]>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Result<byte[]?>>[] asked =
            [.. Enumerable.Range(0, 5).Select(_ => _cache.GetAsync(Version, "a", _ => { _made++; return gate.Task; }, Ct))];
        gate.SetResult((byte[])[7]);

        Assert.All(await Task.WhenAll(asked), static answer => Assert.Equal([7], answer.Value!));
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task Two_are_made_at_the_same_time()
    {
        var gate = new TaskCompletionSource<Result<byte[]>>(TaskCreationOptions.RunContinuationsAsynchronously);
        int making = 0;
        Task<Result<byte[]?>>[] asked =
        [
            .. Enumerable.Range(0, 20).Select(number => _cache.GetAsync(
                BlobHash.Compute([(byte)number]), "a",
                _ =>
                {
                    Interlocked.Increment(ref making);
                    return gate.Task;
                },
                Ct)),
        ];
        while (Volatile.Read(ref making) < 2)
        {
            await Task.Delay(1, Ct);
        }

        gate.SetResult((byte[])[7]);
        Assert.All(await Task.WhenAll(asked), static answer => Assert.Equal([7], answer.Value!));
    }

    [Fact]
    public async Task What_cannot_be_drawn_is_not_looked_at_again_before_tomorrow()
    {
        Assert.Null((await _cache.GetAsync(Version, "a", Refuses(ErrorCode.UnreadableFile), Ct)).Value);
        Reopen();
        Assert.Null((await _cache.GetAsync(Version, "a", Refuses(ErrorCode.UnreadableFile), Ct)).Value);
        int today = _made;
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal([1], (await _cache.GetAsync(Version, "a", Makes([1]), Ct)).Value!);
        Assert.Equal((1, 2), (today, _made));
    }

    /// <summary>portal review 4: what is busy, away or coming says nothing of the file; the log has the reason.</summary>
    [Theory]
    [InlineData("unavailable")]
    [InlineData("too-many-requests")]
    [InlineData("recalling")]
    [InlineData("evicted")]
    public async Task A_refusal_of_the_server_is_not_remembered(string name)
    {
        ErrorCode code = ErrorCode.All.Single(each => each.Name == name);
        Result<byte[]?> refused = await _cache.GetAsync(Version, "a.mrc", Refuses(code), Ct);

        Assert.Equal(code, refused.Error!.Code);
        Assert.Equal(["There is no thumbnail of a.mrc: No."], _log.Texts);
        Assert.Equal([1], (await _cache.GetAsync(Version, "a.mrc", Makes([1]), Ct)).Value!);
    }

    /// <summary>portal review 4: a time limit is for now; the answer says when to ask again.</summary>
    [Fact]
    public async Task A_file_that_took_too_long_is_tried_again_some_minutes_later()
    {
        HutchError late = ErrorCode.UnreadableFile.With("Too slow.", HutchError.TimeLimit, "10");
        Result<byte[]?> first = await _cache.GetAsync(Version, "a", _ => Task.FromResult<Result<byte[]>>(late), Ct);
        Result<byte[]?> soon = await _cache.GetAsync(Version, "a", Makes([1]), Ct);
        int soonMade = _made;
        _time.Advance(TimeSpan.FromSeconds(int.Parse(soon.Error!.Details!["retryAfterSeconds"], CultureInfo.InvariantCulture)));

        Assert.Equal((ErrorCode.Unavailable, ErrorCode.Unavailable, 0), (first.Error!.Code, soon.Error.Code, soonMade));
        Assert.Equal([1], (await _cache.GetAsync(Version, "a", Makes([1]), Ct)).Value!);
        Assert.Equal(["There is no thumbnail of a: Too slow."], _log.Texts);
    }

    private void Reopen()
    {
        _cache.Dispose();
        _cache = Open();
    }

    private ThumbnailCache Open() => new(_disk, "/data", 8 << 20, _time, _log);

    private Func<CancellationToken, Task<Result<byte[]>>> Makes(byte[] bytes) => _ =>
    {
        _made++;
        return Task.FromResult<Result<byte[]>>(bytes);
    };

    private Func<CancellationToken, Task<Result<byte[]>>> Refuses(ErrorCode code) => _ =>
    {
        _made++;
        return Task.FromResult<Result<byte[]>>(code.With("No."));
    };
}
