using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Objects.S3;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Objects.Tests.S3;

/// <summary>Objects in the archive class of a bucket.</summary>
public sealed class S3ArchiveTests : IDisposable
{
    private const string Access = "HKTEST";
    private const string Secret = "s3cr3t/of+all";

    private readonly ManualTime _time = new();
    private readonly FakeBucketStore _bucket;
    private readonly S3ObjectStore _store;

    public S3ArchiveTests()
    {
        _bucket = new FakeBucketStore(Access, Secret) { Archive = new ArchiveClassOfStore(_time) };
        _bucket.Buckets["bucket"] = new(StringComparer.Ordinal);
        _store = new S3ObjectStore(
            new S3Location(new Uri("http://store.test"), "bucket"), new S3Credentials(Access, Secret),
            new S3ClientOptions { Handler = _bucket.Unowned(), Retry = HttpRetry.Default with { MaxAttempts = 1 } });
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _bucket.Dispose();
    }

    [Fact]
    public async Task An_object_in_the_class_is_refused_until_its_restore_has_ended_and_again_after_its_days()
    {
        await ArchiveAsync("a key+with %");
        string refused = await RefusedAsync("a key+with %");
        await _store.RestoreAsync("a key+with %", 3, "Bulk", Ct);
        ArchivedObject? meanwhile = await _store.FindArchivedAsync("a key+with %", Ct);
        await _store.RestoreAsync("a key+with %", 3, null, Ct);
        _time.Advance(_bucket.Archive!.Mount);
        ArchivedObject? restored = await _store.FindArchivedAsync("a key+with %", Ct);
        var read = new byte[5];
        ObjectReadOutcome outcome = await _store.ReadAsync("a key+with %", 0, read, 5, Ct);
        _time.Advance(TimeSpan.FromDays(3));

        Assert.Contains("InvalidObjectState", refused, StringComparison.Ordinal);
        Assert.Equal(new ArchivedObject(5, "GLACIER", IsRestoring: true, IsRestored: false), meanwhile);
        Assert.Equal(new ArchivedObject(5, "GLACIER", IsRestoring: false, IsRestored: true), restored);
        Assert.Equal(ObjectReadOutcome.Read, outcome);
        Assert.Equal("bytes"u8, read);
        Assert.Contains("InvalidObjectState", await RefusedAsync("a key+with %"), StringComparison.Ordinal);
        Assert.Single(_bucket.Archive.Restored);
    }

    [Fact]
    public async Task A_restore_of_an_object_in_the_usual_class_changes_nothing()
    {
        await _store.PutAsync("a", ObjectBody.From("bytes"u8.ToArray()), Ct);

        await _store.RestoreAsync("a", 1, null, Ct);

        Assert.Equal(new ArchivedObject(5, null, IsRestoring: false, IsRestored: false), await _store.FindArchivedAsync("a", Ct));
        Assert.Null(await _store.FindArchivedAsync("never", Ct));
    }

    [Fact]
    public async Task A_class_is_changed_once()
    {
        await ArchiveAsync("a");
        int requests = _bucket.Requests.Count(static request => request.StartsWith("PUT", StringComparison.Ordinal));

        await _store.ChangeClassAsync("a", "GLACIER", Ct);

        Assert.Equal(requests, _bucket.Requests.Count(static request => request.StartsWith("PUT", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("ongoing-request=\"true\"", true, false)]
    [InlineData("ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2012 00:00:00 GMT\"", false, true)]
    [InlineData("expiry-date=\"Fri, 21 Dec 2012 00:00:00 GMT\", ongoing-request=\"false\"", false, true)]
    [InlineData("ongoing-request", false, false)]
    [InlineData("", false, false)]
    [InlineData(null, false, false)]
    public void The_header_of_a_restore_is_read_in_any_order(string? header, bool isRestoring, bool isRestored) => Assert.Equal(
        new ArchivedObject(7, "GLACIER", isRestoring, isRestored), ArchivedObject.From(7, "GLACIER", header));

    private async Task ArchiveAsync(string key)
    {
        await _store.PutAsync(key, ObjectBody.From("bytes"u8.ToArray()), Ct);
        await _store.ChangeClassAsync(key, "GLACIER", Ct);
    }

    private async Task<string> RefusedAsync(string key)
    {
        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => _store.ReadAsync(key, 0, new byte[5], 5, Ct).AsTask());
        Assert.Equal(ArchivedObject.Archived, refused.Error.Code);
        return refused.Error.Message;
    }
}
