using System.Collections.Concurrent;
using Hutch.Datasets.Replication.Sites;
using Hutch.Disk;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Links;

/// <summary>When each site was last heard, on a clock that nobody sets.</summary>
internal sealed class SiteContacts(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Heard> _sites = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, long> _moved = new(StringComparer.Ordinal);

    private readonly RisingNumber _beats = new();

    /// <summary>Notes that a site was heard now.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="beat">What it said.</param>
    /// <param name="confirmed">Up to which number of the feed it has everything durably; null for what is not known.</param>
    /// <param name="writeEvery">How often that is written down.</param>
    /// <returns>Whether this should be written down, as that was last done so long ago.</returns>
    public bool RecordBeat(string siteId, BeatRequest beat, long? confirmed, TimeSpan writeEvery)
    {
        long now = time.GetTimestamp();
        _sites.TryGetValue(siteId, out Heard? before);
        bool isToWrite = before is null || time.GetElapsedTime(before.Written, now) >= writeEvery;
        _sites[siteId] = new Heard(
            now, isToWrite ? now : before!.Written, SiteProtocol.Clean(beat.Release), beat.Time - time.GetUtcNow(), confirmed,
            beat.Traffic is { Count: <= SiteProtocol.MaxTrafficLines } traffic ? traffic : before?.Traffic ?? []);
        _beats.Raise();
        return isToWrite;
    }

    /// <summary>Whether a site may say now that it is dialled elsewhere: at once, and again only after a while.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="atMostEvery">Each change goes to all sites and into the audit, so that it may come so often.</param>
    public bool TryMove(string siteId, TimeSpan atMostEvery)
    {
        long now = time.GetTimestamp();
        if (_moved.TryGetValue(siteId, out long last) && time.GetElapsedTime(last, now) < atMostEvery)
        {
            return false;
        }

        _moved[siteId] = now;
        return true;
    }

    /// <summary>Completes with the next beat of any site.</summary>
    public Task NextBeatAsync(CancellationToken ct) => _beats.WaitAsync(_beats.Value + 1, ct);

    /// <summary>What was last heard of a site; null for nothing since the start.</summary>
    public SiteContact? Find(string siteId) => _sites.TryGetValue(siteId, out Heard? heard)
        ? new SiteContact(time.GetElapsedTime(heard.At), heard.Release, heard.ClockAhead, heard.Confirmed) { Traffic = heard.Traffic }
        : null;

    private sealed record Heard(
        long At, long Written, string Release, TimeSpan ClockAhead, long? Confirmed, IReadOnlyList<TrafficLine> Traffic);
}
