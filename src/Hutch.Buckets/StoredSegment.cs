namespace Hutch.Buckets;

/// <summary>A sealed segment in the bucket, whose bytes were read back and compared.</summary>
/// <param name="Segment">The name of its file among the segments.</param>
/// <param name="Object">The name of the object, which is never used again.</param>
/// <param name="Index">The offset of the index at its end.</param>
/// <param name="RetiredAt">
/// The highest number of a segment when this one was retired; null while it is in use. Members that were moved out of it are in segments up
/// to that number, so the object remains until these are stored.
/// </param>
/// <param name="IsUnlisted">True if the newest list of the bucket lacks it, so that only its deletion remains.</param>
/// <param name="IsNearline">True if it is in nearline storage under that name, and not in the bucket.</param>
/// <param name="StoredAt">The time when it was stored in the bucket; null if it is unknown.</param>
internal sealed record StoredSegment(
    string Segment, string Object, long Bytes, long Index, string Sha256, long? RetiredAt = null, bool IsUnlisted = false,
    bool IsNearline = false, DateTimeOffset? StoredAt = null);

/// <summary>The owner from which a bucket is taken over, which may acknowledge writes until it knows that or its time has passed.</summary>
internal sealed record EarlierOwner(Guid Start, int AloneSeconds);

/// <summary>A copy of <c>zone.db</c> in the bucket.</summary>
/// <param name="Name">The name of the file among the copies of the data folder.</param>
internal sealed record StoredZone(string Name, string Object, long Bytes, string Sha256);
