using Hutch.Model;

namespace Hutch.Storage;

/// <summary>
/// The bytes of a site: members by key. Small ones are written with the group that needs them (<see cref="ILogLock.AppendAsync"/>), extents
/// before it, nameless until a record names them. Safe for many threads.
/// </summary>
public interface ISiteBytes
{
    /// <summary>True if acknowledged bytes are known to be damaged or lost.</summary>
    bool HasDamage { get; }

    /// <summary>True if unidentified members are missing. A member that is not found may then be damaged rather than unknown.</summary>
    bool IsIncomplete { get; }

    /// <summary>
    /// True if unacknowledged bytes were cut off, as is normal after a crash. They look the same as acknowledged ones: a named member
    /// that is not found may be damaged.
    /// </summary>
    bool WasCut { get; }

    /// <summary>Bytes of the largest file that is written with the group that names it; larger ones become extents before it.</summary>
    int MaxSmallBytes { get; }

    /// <summary>Bytes of the shortest extent that is worth a write of its own. The last one of a file may be shorter.</summary>
    int LeastExtentBytes { get; }

    /// <summary>The segments that may be in nearline storage; null where none are.</summary>
    IOfflineSegments? Offline => null;

    /// <summary>Finds a good copy of a member; copies in quarantine are skipped.</summary>
    /// <param name="location">Its location. Use it at once, because members move.</param>
    /// <param name="lastingOnly">Skips members that expire: deduplication must not refer to them.</param>
    bool TryLocate(MemberKey key, out MemberLocation location, bool lastingOnly = false);

    /// <summary>
    /// True if a copy of this member is in quarantine. If <see cref="TryLocate"/> is false, the member is damaged, not unknown.
    /// </summary>
    bool IsQuarantined(MemberKey key);

    /// <summary>Reads a whole member and checks it; a damaged one goes into quarantine.</summary>
    /// <param name="inPassing">True if no second read is expected soon, so that it need not stay in memory.</param>
    /// <param name="cancellationToken">Honoured before the read.</param>
    /// <exception cref="SegmentRetiredException">It was moved since: look it up again.</exception>
    /// <exception cref="QuarantinedException">It is damaged.</exception>
    /// <exception cref="MemberOfflineException">It is in nearline storage.</exception>
    /// <exception cref="MemberUnreadableException">The disk failed; the member may be intact.</exception>
    ValueTask ReadVerifiedAsync(MemberLocation location, Memory<byte> wholeBody, bool inPassing, CancellationToken cancellationToken);

    /// <summary>Drops a member from memory and caches, so that the next read goes to its storage. Does nothing without a cache.</summary>
    void DropCached(MemberLocation location)
    {
    }

    /// <summary>
    /// Writes an extent under a name that this server never used and never will use again. On return it is durable, and garbage until a
    /// record names it. If two servers write under one name, the first in the order of the log wins, so check before committing a record of
    /// an extent that it is your own. Failures are those of the log: <see cref="StorageRefusedException"/> and
    /// <see cref="StorageUnknownOutcomeException"/>.
    /// </summary>
    ValueTask WriteAsync(Lane lane, MemberKey key, ExtentBody body, CancellationToken cancellationToken);
}

/// <summary>The bytes of an extent and their checksums.</summary>
/// <param name="Bytes">The bytes: they must not change until they are durable.</param>
/// <param name="Hash">Their SHA-256, if known: it saves a pass over the bytes in a store whose requests are signed with it.</param>
public readonly record struct ExtentBody(ReadOnlyMemory<byte> Bytes, uint Crc32C, BlobHash? Hash = null);

/// <summary>The location of a member's body. Short-lived: compaction moves members and retires segments, so look it up again.</summary>
/// <param name="Offset">Offset of the body in the segment file, in bytes.</param>
/// <param name="Length">Length of the body in bytes.</param>
/// <param name="Crc32C">CRC32C of the body.</param>
/// <param name="IsTransient">True if the segment belongs to a transient lane, to which no durable record may refer.</param>
public readonly record struct MemberLocation(long Segment, long Offset, int Length, uint Crc32C, bool IsTransient);
