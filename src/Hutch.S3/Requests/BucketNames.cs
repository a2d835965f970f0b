using System.Collections.Concurrent;
using Hutch.S3.Errors;
using Hutch.Zone.Changes;
using Hutch.Zone.Names;

namespace Hutch.S3.Requests;

/// <summary>
/// Resolves a bucket to a dataset: its slug (<see cref="DatasetNames.ResolveAsync"/>), <c>owner.slug</c>, or its id; a final <c>.at.N</c>
/// is a snapshot.
/// </summary>
/// <remarks>Thread-safe. Results are cached until the zone changes; the caller's right is checked each time.</remarks>
internal sealed class BucketNames(DatasetNames names, ZoneChanges changes)
{
    private const int MaxKnown = 10_000;
    private const string AtMark = ".at.";

    private readonly ConcurrentDictionary<(string Caller, string Bucket), Known> _known = new();

    /// <summary>Finds the dataset; raises <c>NoSuchBucket</c> when there is none that the caller may see.</summary>
    public ValueTask<BucketVersion> FindAsync(Caller caller, string bucket, CancellationToken ct)
    {
        if (caller.IsRemembered)
        {
            // Without the database: what the name meant when it could last be asked.
            return TryFind(caller, bucket) is { } before
                ? new ValueTask<BucketVersion>(before)
                : throw S3Errors.OfBucket(Authorizer.Away());
        }

        ValueTask current = changes.SyncViewAsync(ct);
        return current.IsCompletedSuccessfully ? FindNowAsync(caller, bucket, ct) : FindAfterAsync(current, caller, bucket, ct);
    }

    /// <summary>
    /// The same for a browser's unsigned preflight: a bucket that the caller may not see is found if its name is unique. Only for the rules
    /// about pages of other origins.
    /// </summary>
    public async ValueTask<BucketVersion> FindForRulesAsync(Caller caller, string bucket, CancellationToken ct)
    {
        try
        {
            return await FindAsync(caller, bucket, ct);
        }
        catch (S3Exception) when (!caller.IsUser)
        {
            (DatasetRef reference, SnapshotRef? at) = Parse(bucket);
            return await names.FindOnlyAsync(reference, ct) is { } only
                ? new BucketVersion(only, at, "")
                : throw S3ErrorCode.NoSuchBucket.With("");
        }
    }

    public static (AccountName? Owner, Slug Slug) ParseNew(string bucket)
    {
        (DatasetRef reference, SnapshotRef? at) = Parse(bucket);
        return at is null && reference.Slug is { } slug
            ? (reference.Owner, slug)
            : throw S3ErrorCode.InvalidBucketName.With(
                $"{Display.Quote(bucket)} cannot be the name of a new bucket: it has the form of a dataset id or a snapshot.");
    }

    private async ValueTask<BucketVersion> FindAfterAsync(ValueTask current, Caller caller, string bucket, CancellationToken ct)
    {
        await current;
        return await FindNowAsync(caller, bucket, ct);
    }

    private ValueTask<BucketVersion> FindNowAsync(Caller caller, string bucket, CancellationToken ct) =>
        TryFind(caller, bucket) is { } found
            ? new ValueTask<BucketVersion>(found)
            : ResolveAsync(KeyOf(caller, bucket), caller, bucket, ct);

    private BucketVersion? TryFind(Caller caller, string bucket) =>
        _known.TryGetValue(KeyOf(caller, bucket), out Known? known) && known.Version == changes.Version ? known.Found : null;

    private static (string Caller, string Bucket) KeyOf(Caller caller, string bucket) => (caller.CredentialMark ?? caller.Name, bucket);

    private async ValueTask<BucketVersion> ResolveAsync((string, string) key, Caller caller, string bucket, CancellationToken ct)
    {
        long version = changes.Version;
        (DatasetRef reference, SnapshotRef? at) = Parse(bucket);
        Result<Access> access = await names.ResolveAsync(caller, reference, ct);
        if (!access.IsOk)
        {
            // The owner distinguishes buckets of one name.
            throw S3Errors.OfBucket(access.Error.Details?.ContainsKey(DatasetNames.CandidatesDetail) == true
                ? access.Error with { Message = access.Error.Message.Replace('/', '.') }
                : access.Error);
        }

        var found = new BucketVersion(access.Value.Dataset.Dataset, at, access.Value.Dataset.Owner.Name)
        {
            IsElsewhere = access.Value.Dataset.Home.SiteId != names.SiteId,
        };
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        _known[key] = new Known(version, found);
        return found;
    }

    private static (DatasetRef Reference, SnapshotRef? At) Parse(string bucket)
    {
        SnapshotRef? snapshot = null;
        string name = bucket;
        int at = bucket.IndexOf(AtMark, StringComparison.Ordinal);
        if (at > 0)
        {
            snapshot = SnapshotRef.Parse(bucket[(at + AtMark.Length)..]).TryGet(out SnapshotRef parsed, out HutchError? fault)
                ? parsed
                : throw S3Errors.OfBucket(fault);
            name = bucket[..at];
        }

        int dot = name.IndexOf('.', StringComparison.Ordinal);
        Result<DatasetRef> reference = DatasetRef.Parse(dot < 0 ? name : name[..dot] + "/" + name[(dot + 1)..]);
        return reference.TryGet(out DatasetRef found, out HutchError? error)
            ? (found, snapshot)
            : throw S3ErrorCode.InvalidBucketName.With(
                $"{Display.Quote(bucket)} is not a bucket name: use 3 to 63 lowercase letters, digits and hyphens, "
                + $"owner.name, or a dataset id; append '.at.N' for a snapshot. ({error.Message})");
    }

    private sealed record Known(long Version, BucketVersion Found);
}

/// <param name="At">The snapshot in the bucket's name; null for the head.</param>
internal sealed record BucketVersion(DatasetId Dataset, SnapshotRef? At, string Owner)
{
    /// <summary>True if its home is another site of the zone, which alone changes it.</summary>
    public bool IsElsewhere { get; init; }
}
