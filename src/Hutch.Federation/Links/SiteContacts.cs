using Hutch.Federation.Wire;

namespace Hutch.Federation.Links;

/// <summary>The last beat of each site, by a monotonic clock.</summary>
internal sealed class SiteContacts(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Heard> _sites = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, long> _moved = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, SiteIncarnations> _incarnations = new(StringComparer.Ordinal);

    private readonly RisingNumber _beats = new();

    /// <summary>Called with the name of a site when a second server with its key was found.</summary>
    public Action<string>? SecondFound { get; set; }

    /// <summary>The names of the sites of which a second server was refused, not long ago.</summary>
    public IReadOnlyList<string> Seconds =>
        [.. _incarnations.Values.Where(static known => known.HasSecond).Select(static known => known.Name)];

    /// <summary>
    /// Returns true if a server may speak for a site; false for the second of two that run with one key. See
    /// <see cref="SiteIncarnations"/>.
    /// </summary>
    /// <param name="name">The name of the site.</param>
    /// <param name="incarnation">The server's own number; null for one that sends none.</param>
    public bool Admits(string siteId, string name, string? incarnation)
    {
        if (incarnation is null)
        {
            return true;
        }

        SiteIncarnations known = _incarnations.GetOrAdd(
            siteId, static (_, made) => new SiteIncarnations(made.name, made.time), (name, time));
        bool before = known.HasSecond;
        bool isAdmitted = known.Admits(incarnation);
        if (!before && known.HasSecond)
        {
            SecondFound?.Invoke(name);
        }

        return isAdmitted;
    }

    /// <param name="confirmed">The number of the feed up to which it has everything durably; null if not known.</param>
    /// <returns>True if the caller should store it, as the last time is long enough ago.</returns>
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

    /// <summary>Returns true if a site may report another address now: at once, and again only after a while.</summary>
    /// <param name="atMostEvery">The shortest interval, since each change goes to all sites and into the audit.</param>
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

    public Task NextBeatAsync(CancellationToken ct) => _beats.WaitAsync(_beats.Value + 1, ct);

    /// <summary>Returns the last contact of a site; null for none since the start.</summary>
    public SiteContact? Find(string siteId) => _sites.TryGetValue(siteId, out Heard? heard)
        ? new SiteContact(time.GetElapsedTime(heard.At), heard.Release, heard.ClockAhead, heard.Confirmed)
        {
            Traffic = heard.Traffic,
            HasSecondServer = _incarnations.TryGetValue(siteId, out SiteIncarnations? known) && known.HasSecond,
        }
        : null;

    private sealed record Heard(
        long At, long Written, string Release, TimeSpan ClockAhead, long? Confirmed, IReadOnlyList<TrafficLine> Traffic);
}
