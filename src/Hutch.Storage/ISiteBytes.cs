using Hutch.Model;

namespace Hutch.Storage;

/// <summary>
/// The bytes of a site: members by key. Small ones are written with the group that needs them (<see cref="ILogTurn.AppendAsync"/>), extents
/// before it, nameless until a record names them. Safe for many threads.
/// </summary>
public interface ISiteBytes
{
    /// <summary>Whether anything that was answered is known to be damaged or lost.</summary>
    bool HasDamage { get; }

    /// <summary>
    /// Whether members are missing of which nobody knows which, so that one that is not found may have been there: it is damaged, not gone.
    /// </summary>
    bool IsIncomplete { get; }

    /// <summary>
    /// Whether something was cut off that was never answered, as is normal after a crash, but cannot be told from something that was: a
    /// named member that is not found may be damaged.
    /// </summary>
    bool WasCut { get; }

    /// <summary>Bytes of the largest file that is written with the group that names it; larger ones become extents before it.</summary>
    int MaxSmallBytes { get; }

    /// <summary>Bytes of the shortest extent that is worth a write of its own. The last one of a file may be shorter.</summary>
    int LeastExtentBytes { get; }

    /// <summary>Finds a good copy of a member; those in quarantine are passed over.</summary>
    /// <param name="key">The member's name.</param>
    /// <param name="location">Where it is: to be used at once, as members move.</param>
    /// <param name="lastingOnly">Pass over what ends by itself: for deduplication, which must not point there.</param>
    bool TryLocate(MemberKey key, out MemberLocation location, bool lastingOnly = false);

    /// <summary>Whether a copy of this member is in quarantine. With <see cref="TryLocate"/> false: it is damaged, not unknown.</summary>
    bool IsQuarantined(MemberKey key);

    /// <summary>Reads a whole member and checks it; a damaged one goes into quarantine.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="wholeBody">Exactly as long as the member.</param>
    /// <param name="inPassing">Whether nobody is expected to read it again soon, so that it need not stay in memory.</param>
    /// <param name="cancellationToken">Honoured before the read.</param>
    /// <exception cref="SegmentRetiredException">It was moved since: look it up again.</exception>
    /// <exception cref="QuarantinedException">It is damaged.</exception>
    /// <exception cref="MemberUnreadableException">The disk failed; it may be whole.</exception>
    ValueTask ReadVerifiedAsync(MemberLocation location, Memory<byte> wholeBody, bool inPassing, CancellationToken cancellationToken);

    /// <summary>
    /// Has what memory, or a cache, keeps of a member forgotten, so that it is next read from where it lies. Does nothing where nothing is
    /// kept.
    /// </summary>
    void DropCached(MemberLocation location)
    {
    }

    /// <summary>
    /// Writes an extent under a name that this server never used and never will use again. On return it is durable, and garbage until a
    /// record names it. When two servers write under one name, the first in the order of the log stands for all: who commits a record of an
    /// extent looks first whether it is their own. The two failures are those of the log: <see cref="StorageRefusedException"/> and
    /// <see cref="StorageUnknownOutcomeException"/>.
    /// </summary>
    ValueTask WriteAsync(Lane lane, MemberKey key, ExtentBody body, CancellationToken cancellationToken);
}

/// <summary>The bytes of an extent, and what is known of them.</summary>
/// <param name="Bytes">The bytes: they must not change until they are durable.</param>
/// <param name="Crc32C">Their CRC32C.</param>
/// <param name="Hash">
/// Their SHA-256, where it is known: it spares a store whose requests are signed with it a pass over the bytes.
/// </param>
public readonly record struct ExtentBody(ReadOnlyMemory<byte> Bytes, uint Crc32C, BlobHash? Hash = null);

/// <summary>
/// Where the body of a member lies. Short-lived: compaction moves members and retires segments, so look up again rather than keep it.
/// </summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Offset">Offset of the body in the segment file, in bytes.</param>
/// <param name="Length">Length of the body in bytes.</param>
/// <param name="Crc32C">CRC32C of the body.</param>
/// <param name="IsTransient">Whether the segment belongs to a transient lane, so that no lasting thing may refer to it.</param>
public readonly record struct MemberLocation(long Segment, long Offset, int Length, uint Crc32C, bool IsTransient);
