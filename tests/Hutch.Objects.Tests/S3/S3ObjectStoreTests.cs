using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Checksums;
using Hutch.Objects.Http;
using Hutch.Objects.S3;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Objects.Tests.S3;

/// <summary>A bucket over HTTP, and what a network and a busy store make of it.</summary>
public sealed class S3ObjectStoreTests : ObjectStoreConformance, IDisposable
{
    private const string Access = "HKTEST";
    private const string Secret = "s3cr3t/of+all";

    private readonly FakeBucketStore _bucket = new(Access, Secret) { PageSize = 4 };
    private readonly S3ObjectStore _store;

    public S3ObjectStoreTests()
    {
        _bucket.Buckets["bucket"] = new(StringComparer.Ordinal);
        _store = Open();
    }

    internal override IObjectStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        _bucket.Dispose();
    }

    [Fact]
    public async Task A_busy_store_is_given_the_time_that_it_asks_for()
    {
        var time = new InstantTime();
        using S3ObjectStore store = Open(time: time);
        FaultOnce(BucketFault.SlowDown, times: 2);

        await store.PutAsync("a", ObjectBody.From(new byte[10]), Ct);

        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)], time.Waits.Where(static wait => wait >= TimeSpan.FromSeconds(1)));
        Assert.Equal(10, await store.FindLengthAsync("a", Ct));
    }

    [Fact]
    public async Task A_store_that_stays_busy_has_refused_and_nothing_was_changed()
    {
        _bucket.Fault = static _ => BucketFault.SlowDown;

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => _store.PutAsync("a", ObjectBody.From(new byte[10]), Ct).AsTask());

        Assert.Contains("SlowDown", refused.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Access, refused.Error.Message, StringComparison.Ordinal);
        Assert.Empty(_bucket.Buckets["bucket"]);
    }

    [Fact]
    public async Task A_put_whose_answer_is_lost_is_sent_again()
    {
        FaultOnce(BucketFault.LoseAnswer);

        await _store.PutAsync("a", ObjectBody.From(new byte[10]), Ct);

        Assert.Equal(10, await _store.FindLengthAsync("a", Ct));
    }

    [Theory]
    [InlineData(nameof(BucketFault.LoseAnswer))]
    [InlineData(nameof(BucketFault.InternalError))]
    public async Task A_put_without_a_clear_response_has_an_unknown_outcome(string fault)
    {
        _bucket.Fault = _ => Enum.Parse<BucketFault>(fault);

        await Assert.ThrowsAsync<ObjectOutcomeUnknownException>(() => _store.PutAsync("a", ObjectBody.From(new byte[10]), Ct).AsTask());
    }

    [Fact]
    public async Task A_put_that_was_refused_after_a_lost_answer_is_unknown_too()
    {
        int calls = 0;
        _bucket.Fault = _ => calls++ == 0 ? BucketFault.LoseAnswer : BucketFault.SlowDown;

        await Assert.ThrowsAsync<ObjectOutcomeUnknownException>(() => _store.PutAsync("a", ObjectBody.From(new byte[10]), Ct).AsTask());
    }

    [Fact]
    public async Task A_put_that_was_never_sent_has_changed_nothing()
    {
        _bucket.Fault = static _ => BucketFault.RefuseConnection;

        await Assert.ThrowsAsync<ServerUnreachableException>(() => _store.PutAsync("a", ObjectBody.From(new byte[10]), Ct).AsTask());
    }

    [Fact]
    public async Task A_store_that_does_not_answer_in_time_is_unreachable()
    {
        using S3ObjectStore store = Open(answerTimeout: TimeSpan.FromMilliseconds(1));
        _bucket.Fault = static _ => BucketFault.Hang;

        await Assert.ThrowsAsync<ServerUnreachableException>(() => store.ReadAsync("a", 0, new byte[1], 1, Ct).AsTask());
    }

    [Fact]
    public async Task Waiting_for_the_store_can_be_cancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        _bucket.Fault = static _ => BucketFault.Hang;
        Task reading = _store.ReadAsync("a", 0, new byte[1], 1, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_read_again()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(5000);
        await _store.PutAsync("a", ObjectBody.From(bytes), Ct);
        FaultOnce(BucketFault.CutBody);

        var read = new byte[4000];
        Assert.Equal(ObjectReadOutcome.Read, await _store.ReadAsync("a", 500, read, 5000, Ct));
        Assert.Equal(bytes[500..4500], read);
    }

    [Fact]
    public async Task A_store_that_answers_another_part_is_not_believed()
    {
        await _store.PutAsync("a", ObjectBody.From(new byte[5000]), Ct);
        _bucket.Fault = static _ => BucketFault.IgnoreRange;

        await Assert.ThrowsAsync<BadAnswerException>(() => _store.ReadAsync("a", 500, new byte[4000], 5000, Ct).AsTask());
    }

    [Fact]
    public async Task Objects_that_the_store_does_not_delete_are_reported()
    {
        await _store.PutAsync("locked", ObjectBody.From(new byte[1]), Ct);
        await _store.PutAsync("free", ObjectBody.From(new byte[1]), Ct);

        IReadOnlyList<UndeletedObject> left = await _store.DeleteAsync(["locked", "free"], Ct);

        Assert.Equal([new UndeletedObject("locked", "AccessDenied: It is locked.")], left);
        Assert.Equal(["locked"], _bucket.Buckets["bucket"].Keys);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_no_object_that_is_not_there()
    {
        _bucket.Buckets.Clear();

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => _store.ReadAsync("a", 0, new byte[1], 1, Ct).AsTask());

        Assert.Contains("NoSuchBucket", refused.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://store:7480/bucket", false)]
    [InlineData("s3+https://store/bucket", true)]
    public async Task Bytes_whose_checksum_is_known_are_hashed_again_only_where_nothing_else_protects_them(string address, bool isSpared)
    {
        using S3ObjectStore store = Open(address);
        byte[] bytes = RandomNumberGenerator.GetBytes(100);
        string? hash = null;
        string? crc = null;
        _bucket.OnRequest = request =>
        {
            hash = request.Headers.GetValues("x-amz-content-sha256").Single();
            crc = request.Headers.TryGetValues("x-amz-checksum-crc32c", out IEnumerable<string>? values) ? values.Single() : null;
        };

        await store.PutAsync("a", ObjectBody.From(bytes, crc32C: Checksum.Crc32C(bytes)), Ct);

        Assert.Equal(isSpared ? "UNSIGNED-PAYLOAD" : BlobHash.Compute(bytes).ToString(), hash);
        Assert.Equal(isSpared, crc is not null);
    }

    private void FaultOnce(BucketFault fault, int times = 1) => _bucket.Fault = _ => times-- > 0 ? fault : BucketFault.None;

    [Fact]
    public async Task A_new_key_is_read_when_the_store_refuses_the_old_one_and_used_from_then_on()
    {
        int reads = 0;
        S3Credentials there = new(Access, Secret);
        using var store = new S3ObjectStore(
            S3Location.Parse("s3://store:7480/bucket").Value,
            there,
            new S3ClientOptions
            {
                Handler = _bucket.Unowned(),
                Retry = HttpRetry.Default with { Time = new InstantTime() },
                NewKey = () =>
                {
                    reads++;
                    return there;
                },
            });
        await store.PutAsync("before", ObjectBody.From(new byte[10]), Ct);
        _bucket.Key = new S3Credentials("HKNEW", "another/s3cr3t");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => store.PutAsync("a", ObjectBody.From(new byte[10]), Ct).AsTask());
        there = _bucket.Key;
        await store.PutAsync("a", ObjectBody.From(new byte[10]), Ct);
        long? length = await store.FindLengthAsync("before", Ct);

        Assert.Equal(S3Client.KeyRefused, refused.Error.Code);
        Assert.DoesNotContain("s3cr3t", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal((10L, 2), (length, reads));
    }

    private S3ObjectStore Open(string address = "s3://store:7480/bucket", TimeProvider? time = null, TimeSpan? answerTimeout = null) => new(
        S3Location.Parse(address).Value,
        new S3Credentials(Access, Secret),
        new S3ClientOptions
        {
            Handler = _bucket.Unowned(),
            Retry = HttpRetry.Default with { Time = time ?? new InstantTime() },
            AnswerTimeout = answerTimeout ?? TimeSpan.FromMinutes(1),
        });
}
