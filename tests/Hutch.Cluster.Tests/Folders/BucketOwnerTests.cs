using Hutch.Buckets;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Life.Maintenance;
using Hutch.Storage;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>Two servers of one data folder over a bucket: when the first one acknowledges nothing more, and when the second begins.</summary>
public sealed class BucketOwnerTests : IDisposable
{
    private const string Owner = "hutch-folder.json";

    private static readonly FolderSettings Elsewhere = FolderOfBucket.Settings with { PlaceOf = static _ => "there", TakesOver = true };

    private readonly FaultyDisk _disk = new(1);
    private readonly PollingTime _time = new();
    private readonly MemoryObjectStore _objects = new();

    public void Dispose() => _objects.Dispose();

    [Fact]
    public async Task A_take_over_from_a_server_that_the_bucket_does_not_answer_ends_after_its_last_acknowledgement()
    {
        await using FolderOfBucket first = await OpenAsync();
        Assert.Null(await first.Bucket.FindRefusalAsync(CancellationToken.None));
        bool isCut = false;
        var mayWrite = new List<bool>();
        _objects.Fault = _ => isCut ? ObjectFault.Lose : ObjectFault.None;
        _objects.Delay = async (call, _) =>
        {
            if (!isCut && call is { Operation: ObjectOperation.FindLength, Key: Owner })
            {
                isCut = true;
                mayWrite.Add(await first.Bucket.FindRefusalAsync(CancellationToken.None) is null);
                isCut = false;
            }
        };

        await using FolderOfBucket second = await TakeOverAsync();

        Assert.True(mayWrite[0]);
        Assert.False(mayWrite[^1]);
        Assert.True(_time.Passed >= FolderOfBucket.Settings.Alone);
        _objects.Delay = static (_, _) => Task.CompletedTask;
        _time.Pass(TimeSpan.FromSeconds(2));
        Assert.Contains("has taken over the bucket", (await first.Bucket.FindRefusalAsync(CancellationToken.None))?.Message, StringComparison.Ordinal);
        Assert.Null(await second.Bucket.FindRefusalAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_sees_the_take_over_ends_its_writes_and_the_wait_for_it()
    {
        await using FolderOfBucket first = await OpenAsync();
        Assert.Null(await first.Bucket.FindRefusalAsync(CancellationToken.None));
        bool isAsked = false;
        _objects.Delay = async (call, _) =>
        {
            if (!isAsked && call.Key.StartsWith("released/", StringComparison.Ordinal) && call.Operation == ObjectOperation.FindLength)
            {
                isAsked = true;
                await first.SecureAsync();
            }
        };

        await using FolderOfBucket second = await TakeOverAsync();

        Assert.Equal(TimeSpan.Zero, _time.Passed);
        Assert.NotNull(await first.Bucket.ConfirmAsync(CancellationToken.None));
        Assert.DoesNotContain(_objects.Keys, static key => key.StartsWith("released/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_stopped_is_not_waited_for_and_one_that_was_killed_is()
    {
        FolderOfBucket first = await OpenAsync();
        FaultyDisk copy = _disk.Crash(0);
        FaultyDisk killed = _disk.Crash(0);
        await first.DisposeAsync();

        await using (await FolderOfBucket.OpenAsync(copy, _objects, Elsewhere, _time))
        {
            Assert.Equal(TimeSpan.Zero, _time.Passed);
            MemoryObjectStore later = _objects.Copy();
            await (await FolderOfBucket.OpenAsync(killed, later, Elsewhere with { PlaceOf = static _ => "a third" }, _time)).DisposeAsync();
        }

        Assert.True(_time.Passed >= FolderOfBucket.Settings.Alone);
    }

    [Fact]
    public async Task A_take_over_that_stopped_while_it_waited_waits_again_and_raises_the_numbers()
    {
        await using FolderOfBucket first = await OpenAsync();
        FaultyDisk copy = _disk.Crash(0);
        _objects.Fault = static call =>
            call.Key.StartsWith("released/", StringComparison.Ordinal) && call.Operation == ObjectOperation.FindLength
                ? ObjectFault.Refuse : ObjectFault.None;
        await Assert.ThrowsAsync<HutchException>(() => FolderOfBucket.OpenAsync(copy, _objects, Elsewhere, _time));
        _objects.Fault = static _ => ObjectFault.None;

        await using FolderOfBucket second = await FolderOfBucket.OpenAsync(copy, _objects, Elsewhere with { TakesOver = false }, _time);

        Assert.True(_time.Passed >= FolderOfBucket.Settings.Alone);
        Assert.True(second.Bucket.LastNumber >= FolderLife.NumbersPerLife);
    }

    [Fact]
    public async Task A_copy_that_is_older_than_the_bucket_does_not_take_it_over()
    {
        await using FolderOfBucket first = await OpenAsync();
        await first.AppendAsync(1, FolderOfBucket.Blob(1, 10));
        Assert.Null(await first.SecureAsync());
        FaultyDisk copy = _disk.Crash(0);
        await first.AppendAsync(2, FolderOfBucket.Blob(2, 10));
        Assert.Null(await first.SecureAsync());

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => FolderOfBucket.OpenAsync(copy, _objects, Elsewhere, _time));

        Assert.Contains("would lose them", refused.Error.Message, StringComparison.Ordinal);
        Assert.Null(await first.SecureAsync());
    }

    [Fact]
    public async Task Of_two_servers_that_take_over_at_once_one_is_refused()
    {
        await using FolderOfBucket first = await OpenAsync();
        FolderOfBucket? third = null;
        bool isBegun = false;
        _objects.Delay = async (call, _) =>
        {
            if (!isBegun && call.Key.StartsWith("released/", StringComparison.Ordinal) && call.Operation == ObjectOperation.FindLength)
            {
                isBegun = true;
                third = await FolderOfBucket.OpenAsync(_disk.Crash(0), _objects, Elsewhere with { PlaceOf = static _ => "a third" }, _time);
            }
        };

        HutchException refused = await Assert.ThrowsAsync<HutchException>(TakeOverAsync);

        Assert.Contains("Start one only", refused.Error.Message, StringComparison.Ordinal);
        Assert.Null(await third!.Bucket.FindRefusalAsync(CancellationToken.None));
        await third.DisposeAsync();
    }

    [Theory]
    [InlineData(ObjectFault.Refuse)]
    [InlineData(ObjectFault.Lose)]
    public async Task Writes_end_when_the_bucket_is_silent_for_too_long_and_begin_again_when_it_answers(ObjectFault fault)
    {
        await using FolderOfBucket folder = await OpenAsync();
        Assert.Null(await folder.Bucket.FindRefusalAsync(CancellationToken.None));
        _objects.Fault = _ => fault;
        Assert.Null(await folder.Bucket.FindRefusalAsync(CancellationToken.None));
        _time.Pass(FolderOfBucket.Settings.Alone);

        WriteRefusal? refusal = await folder.Bucket.FindRefusalAsync(CancellationToken.None);
        IReadOnlyList<SiteWarning> warnings = folder.Bucket.Warnings;
        _objects.Fault = static _ => ObjectFault.None;
        _time.Pass(TimeSpan.FromSeconds(2));

        Assert.Contains("does not answer", refusal?.Message, StringComparison.Ordinal);
        Assert.Equal("bucket-silent", Assert.Single(warnings).Kind);
        Assert.Null(await folder.Bucket.FindRefusalAsync(CancellationToken.None));
        Assert.Empty(folder.Bucket.Warnings);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("another object")]
    public async Task A_wrong_answer_about_the_owner_ends_writes_and_is_not_taken_for_a_take_over(string fault)
    {
        await using FolderOfBucket folder = await OpenAsync();
        byte[] owner = _objects[Owner];
        _objects[Owner] = fault == "truncated" ? owner[..^9] : [.. "an article about hutches"u8];

        WriteRefusal? refusal = await folder.Bucket.FindRefusalAsync(CancellationToken.None);
        _objects[Owner] = owner;
        _time.Pass(TimeSpan.FromSeconds(2));

        Assert.Contains("does not answer", refusal?.Message, StringComparison.Ordinal);
        Assert.Null(await folder.Bucket.FindRefusalAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_write_is_held_while_the_bucket_is_silent_and_refused_for_good_if_that_lasts()
    {
        await using FolderOfBucket folder = await OpenAsync();
        _objects.Fault = static _ => ObjectFault.Lose;
        WriteRefusal? held = await folder.Bucket.ConfirmAsync(CancellationToken.None);
        _objects.Fault = static _ => ObjectFault.None;

        Assert.Contains("in the middle of a write", held?.Message, StringComparison.Ordinal);
        Assert.Equal(held, await folder.Bucket.FindRefusalAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_group_whose_bucket_is_taken_while_it_is_written_is_not_acknowledged_and_the_next_one_is_refused_with_what_to_do()
    {
        await using FolderOfBucket first = await OpenAsync();
        var log = new SegmentLog(first.Store, first.Bucket, _time);
        Assert.Null(await first.Bucket.FindRefusalAsync(CancellationToken.None));
        var group = new LogGroup();
        group.SetJournal("{\"seq\":1,\"k\":\"test\"}\n"u8.ToArray(), 1, 1);
        FaultyDisk copy = _disk.Crash(0);
        bool isTaken = false;
        FolderOfBucket? second = null;
        _disk.BeforeCall = call =>
        {
            if (!isTaken && call.IsChange)
            {
                isTaken = true;
                second = FolderOfBucket.OpenAsync(copy, _objects, Elsewhere, _time).GetAwaiter().GetResult();
            }
        };

        await Assert.ThrowsAsync<StorageUnknownOutcomeException>(() => log.AppendAsync(group, CancellationToken.None).AsTask());
        StorageRefusedException next = await Assert.ThrowsAsync<StorageRefusedException>(
            () => log.AppendAsync(group, CancellationToken.None).AsTask());

        Assert.True(isTaken);
        Assert.Contains("Write at the server that has the bucket now", next.Advice, StringComparison.Ordinal);
        await second!.DisposeAsync();
    }

    private Task<FolderOfBucket> OpenAsync() => FolderOfBucket.OpenAsync(_disk, _objects, time: _time);

    private Task<FolderOfBucket> TakeOverAsync() => FolderOfBucket.OpenAsync(_disk.Crash(0), _objects, Elsewhere, _time);
}
