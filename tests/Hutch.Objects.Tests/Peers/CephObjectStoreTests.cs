using Hutch.Model;
using Hutch.Objects.S3;
using Hutch.Peers.Ceph;

namespace Hutch.Objects.Tests.Peers;

/// <summary>A bucket of Ceph's gateway.</summary>
public sealed class CephObjectStoreTests(CephStore ceph) : ObjectStoreConformance, IAsyncLifetime
{
    private S3ObjectStore? _store;

    internal override IObjectStore Store => _store!;

    private S3Location Location { get; } = S3Location.Parse($"s3://127.0.0.1:{ceph.Port}/hutch-{Guid.NewGuid():N}").Value;

    public async ValueTask InitializeAsync()
    {
        await ceph.ReadyAsync();
        using var client = new S3Client(Location, Key(ceph.SecretKey), new S3ClientOptions());
        Assert.True(await client.EnsureBucketAsync(Ct));
        _store = Open(Location, ceph.SecretKey);
    }

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_in_words()
    {
        using S3ObjectStore store = Open(Location, "another");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => store.PutAsync("a", ObjectBody.From(new byte[1]), Ct).AsTask());

        Assert.Equal(S3Client.KeyRefused, refused.Error.Code);
        Assert.DoesNotContain(ceph.AccessKey, refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_no_object_that_is_not_there()
    {
        using S3ObjectStore store = Open(Location.In("hutch-never-made"), ceph.SecretKey);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => store.ReadAsync("a", 0, new byte[1], 1, Ct).AsTask());

        Assert.Contains("NoSuchBucket", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_class_that_the_gateway_lacks_is_refused_in_words_and_the_object_can_still_be_read()
    {
        await _store!.PutAsync("a", ObjectBody.From("bytes"u8.ToArray()), Ct);

        ArchivedObject? before = await _store.FindArchivedAsync("a", Ct);
        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => _store.ChangeClassAsync("a", "GLACIER", Ct).AsTask());
        var read = new byte[5];

        Assert.Equal((5, false, false), (before!.Value.Length, before.Value.IsRestoring, before.Value.IsRestored));
        Assert.Null(await _store.FindArchivedAsync("never", Ct));
        Assert.Contains(" answered 400 ", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(ObjectReadOutcome.Read, await _store.ReadAsync("a", 0, read, 5, Ct));
    }

    private S3ObjectStore Open(S3Location location, string secret) => new(location, Key(secret), new S3ClientOptions());

    private S3Credentials Key(string secret) => new(ceph.AccessKey, secret);
}
