using System.Diagnostics.Metrics;
using Hutch.Catalog.Site;
using Hutch.Storage;
using Hutch.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Maintenance;

/// <summary>What an operator should see to: told at the start, and to whoever asks, for as long as it is so.</summary>
public sealed partial class SiteWarnings : IDisposable
{
    private const int MaxNamed = 5;
    private const int MaxLookedUp = 1000;
    private const string Heal =
        "`hutch verify DATASET` lists the damaged files. Pushing the same files again repairs them, "
        + "and so does restoring the segment from a backup while the server is stopped.";

    private readonly SegmentStore _segments;
    private readonly SiteDatabase _records;
    private readonly Checkpointer _checkpointer;
    private readonly IReadOnlyList<SiteWarning> _ofOpening;
    private readonly Meter _meter = new("Hutch.Site");
    private int _told;

    internal SiteWarnings(
        SegmentStore segments,
        SiteDatabase records,
        Checkpointer checkpointer,
        RecoveryReport recovery,
        IReadOnlyList<SiteWarning> ofRecords)
    {
        _segments = segments;
        _records = records;
        _checkpointer = checkpointer;
        _ofOpening = [.. ofRecords, .. Found(recovery)];
        _meter.CreateObservableGauge(
            "hutch.site.warnings",
            () => (long)Volatile.Read(ref _told),
            description: "Warnings for the operator; /health/ready lists them");
    }

    /// <summary>The warnings as they are now; none when all is well.</summary>
    public async ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct)
    {
        List<SiteWarning> all = [.. _ofOpening];
        if (_segments.HasDamage)
        {
            AddLost(all);
            await AddDamagedAsync(all, ct);
        }

        Volatile.Write(ref _told, all.Count);
        return all;
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Writes them to the log, at a start.</summary>
    internal async Task LogAsync(ILogger logger, CancellationToken ct)
    {
        foreach (SiteWarning warning in await ReadAsync(ct))
        {
            LogWarning(logger, warning.Message, warning.Advice);
        }
    }

    private static IEnumerable<SiteWarning> Found(RecoveryReport recovery)
    {
        if (recovery.Damage.Count > 0)
        {
            IEnumerable<string> places = recovery.Damage.Select(range => $"segment {range.Segment} at byte {range.Offset}: {range.What}");
            yield return new SiteWarning(
                "segments-damaged",
                $"Segments are damaged ({Some(places, recovery.Damage.Count)}). "
                + "Intact data is kept and served; damaged data is not served.",
                "Check the disk. " + Heal);
        }
    }

    private void AddLost(List<SiteWarning> all)
    {
        IReadOnlyList<string> lost = _segments.LostSegments;
        if (lost.Count > 0)
        {
            all.Add(new SiteWarning(
                "segments-lost",
                $"Segment files are missing that were never retired: {Some(lost, lost.Count)}.",
                $"{Heal} Then remove their names from segments/segments.txt."));
        }
    }

    private async ValueTask AddDamagedAsync(List<SiteWarning> all, CancellationToken ct)
    {
        IReadOnlyList<QuarantinedMember> unhealed = _segments.Unhealed;
        List<QuarantinedMember> journals =
            [.. unhealed.Where(member => member.Key is { Kind: MemberKind.Journal } key && key.FirstSequence > _checkpointer.Through)];
        if (journals.Count > 0)
        {
            all.Add(new SiteWarning(
                "journal-damaged",
                $"Parts of the journal are damaged: {Some(journals.Select(Place), journals.Count)}. "
                    + "site.db has these records, but a rebuild would lose them.",
                "Run `hutch gc` now: it takes a checkpoint, from which a rebuild starts."));
        }

        List<QuarantinedMember> others = [.. unhealed.Where(static member => member.Key is not { Kind: MemberKind.Journal })];
        List<QuarantinedMember> wanted = await WantedAsync(others, ct);
        if (wanted.Count > 0)
        {
            all.Add(new SiteWarning(
                "members-damaged", $"Stored data is damaged and is not served: {Some(wanted.Select(Place), wanted.Count)}.", Heal));
        }
    }

    /// <summary>Those that something may still want: a damaged piece of a large file that came in again is wanted by nobody.</summary>
    private async ValueTask<List<QuarantinedMember>> WantedAsync(List<QuarantinedMember> damaged, CancellationToken ct)
    {
        Guid[] uploads =
        [
            .. damaged.Where(static member => member.Key is { Kind: MemberKind.Extent })
                .Select(static member => member.Key!.Value.Upload).Distinct().Take(MaxLookedUp),
        ];
        HashSet<Guid> unwanted = uploads.Length == 0
            ? []
            : await _records.ReadAsync(queries => uploads.Where(upload => !queries.IsUploadNamed(upload)).ToHashSet(), ct);
        return [.. damaged.Where(member => member.Key is not { Kind: MemberKind.Extent } key || !unwanted.Contains(key.Upload))];
    }

    private static string Place(QuarantinedMember member) => $"{member.Name} in segment {member.Segment}";

    private static string Some(IEnumerable<string> all, int count) =>
        string.Join(", ", all.Take(MaxNamed)) + (count > MaxNamed ? $" and {count - MaxNamed} more" : "");

    [LoggerMessage(EventId = 3310, Level = LogLevel.Warning, Message = "{What} {Advice}")]
    private static partial void LogWarning(ILogger logger, string what, string advice);
}
