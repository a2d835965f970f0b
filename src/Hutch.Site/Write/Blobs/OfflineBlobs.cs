using System.Globalization;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Site.Write.Blobs;

/// <summary>The blobs whose bytes may be in nearline storage, and their recall. Thread-safe.</summary>
public sealed class OfflineBlobs
{
    /// <summary>A client asks again at least so often, and at most.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(10);

    private readonly ISiteBytes _bytes;
    private readonly LargeBlobCache _large;

    internal OfflineBlobs(ISiteBytes bytes, LargeBlobCache large) => (_bytes, _large) = (bytes, large);

    /// <summary>The segments; null where no bytes are in nearline storage.</summary>
    public IOfflineSegments? Segments => _bytes.Offline;

    /// <summary>Adds the segments that have a blob.</summary>
    public async ValueTask AddSegmentsAsync(BlobHash hash, ISet<long> segments, CancellationToken ct)
    {
        if (_bytes.TryLocate(MemberKey.Blob(hash), out MemberLocation small))
        {
            segments.Add(small.Segment);
        }
        else if (await _large.FindAsync(hash, ct) is { } large)
        {
            AddSegments(large.Extents.Select(extent => ExtentKeys.From(large.Upload, extent)), segments);
        }
    }

    internal HashSet<long> FindSegments(IEnumerable<MemberKey> members)
    {
        HashSet<long> segments = [];
        AddSegments(members, segments);
        return segments;
    }

    /// <summary>Returns the segments of members that are offline.</summary>
    internal HashSet<long> FindOffline(IEnumerable<MemberKey> members)
    {
        HashSet<long> segments = Segments is null ? [] : FindSegments(members);
        segments.RemoveWhere(segment => !Segments!.IsOffline(segment));
        return segments;
    }

    /// <summary>Refuses members that are offline, and queues their recall for a request. The server's own work recalls nothing.</summary>
    /// <exception cref="HutchException">Some are offline.</exception>
    internal void Require(IEnumerable<MemberKey> members)
    {
        if (Segments is not null && FindOffline(members) is { Count: > 0 } segments)
        {
            throw Recalling(segments);
        }
    }

    /// <summary>Returns the refusal of a read, after its recall was queued.</summary>
    internal HutchException Recalling(IReadOnlySet<long> segments)
    {
        IOfflineSegments offline = Segments!;
        return Recalling(RequestScope.Current is null ? offline.Find(segments) : offline.Request(segments, null)).ToException();
    }

    /// <summary>Returns the answer to a request whose bytes are being recalled.</summary>
    public static HutchError Recalling(RecallState state)
    {
        double seconds = Math.Ceiling(Math.Clamp(state.Wait.TotalSeconds, Least.TotalSeconds, Most.TotalSeconds));
        return ErrorCode.Recalling.With(
            $"The bytes are in nearline storage: {Display.Bytes(state.OfflineBytes)} in {state.Offline} segments have to come back first.",
            "retryAfterSeconds", seconds.ToString("0", CultureInfo.InvariantCulture));
    }

    private void AddSegments(IEnumerable<MemberKey> members, ISet<long> segments)
    {
        foreach (MemberKey key in members)
        {
            if (_bytes.TryLocate(key, out MemberLocation location))
            {
                segments.Add(location.Segment);
            }
        }
    }
}
