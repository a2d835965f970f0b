using Hutch.Model.Sites;
using Hutch.Model.Zone;

namespace Hutch.Model.Placement;

/// <summary>The state of a site for a dataset before any site is chosen.</summary>
/// <param name="Reason">The state as a phrase after the site's name.</param>
internal sealed record SiteEligibility(PlacementSite Site, EligibilityKind Kind, string Reason, bool IsHome)
{
    /// <summary>The time after which another site replaces the copies of a site that is away.</summary>
    public static readonly TimeSpan AbsenceLimit = TimeSpan.FromDays(1);

    /// <summary>The estimated time until its copy is complete; null if none is in progress, or if the time is unknown.</summary>
    public TimeSpan? Left { get; private init; }

    /// <summary>True if it has the dataset, or will have it, so that no other site is chosen instead.</summary>
    public bool Counts => Kind is EligibilityKind.Whole or EligibilityKind.Waiting or EligibilityKind.Coming;

    /// <summary>True if it is connected and has an older state.</summary>
    public bool LagsBehind => Kind == EligibilityKind.Stale || (Kind == EligibilityKind.Waiting && Site.AwaySince is null);

    public bool CanBeHome => Site.Intake == SiteIntake.Open;

    public static SiteEligibility Evaluate(PlacementSite site, PlacedDataset dataset, IEnumerable<PlacementRule> rules, DateTimeOffset now)
    {
        bool isHome = site.Id == dataset.HomeSiteId;
        CopyRecord? copy = isHome ? null : dataset.CopyAt(site.Id);
        PlacementRule? excluding = rules.FirstOrDefault(rule => rule.Kind == PlacementRuleKind.Serve && !site.Matches(rule.Where));
        (EligibilityKind kind, string reason) = copy switch
        {
            _ when excluding is not null => (EligibilityKind.Excluded, $"is excluded by '{excluding}'"),
            _ when isHome && dataset.HasHold => (EligibilityKind.Barred, "is the home, whose bytes other sites hold for it"),
            _ when isHome => OfWhole(site, "is the home", now),
            { CompleteAt: not null } => OfFollowing(site, copy, now),
            not null => OfIncomplete(site, copy, dataset.Bytes, now),
            _ => OfEmpty(site, dataset.Bytes),
        };
        bool isReleased = !isHome && copy is null && dataset.Copies.Any(released => released.SiteId == site.Id);
        return new SiteEligibility(site, kind, isReleased ? "has released its copy, and " + reason : reason, isHome)
        {
            Left = kind == EligibilityKind.Coming && site.AwaySince is null ? copy?.Left(now) : null,
        };
    }

    private static (EligibilityKind Kind, string Reason) OfWhole(PlacementSite site, string has, DateTimeOffset now)
    {
        if (site.Intake == SiteIntake.Draining)
        {
            return (EligibilityKind.Barred, $"{has}, and is being emptied");
        }

        if (site.AwaySince is not { } since)
        {
            return (EligibilityKind.Whole, has);
        }

        if (now - since < AbsenceLimit)
        {
            return (EligibilityKind.Waiting,
                $"{has}, and has been away since {Display.Minute(since)}; another site takes its place after "
                + $"{Display.Minute(since + AbsenceLimit)}");
        }

        return (EligibilityKind.Gone, $"{has}, but has been away since {Display.Minute(since)}");
    }

    /// <summary>A complete copy no longer counts if the home has newer changes and the site fails to follow.</summary>
    private static (EligibilityKind Kind, string Reason) OfFollowing(PlacementSite site, CopyRecord copy, DateTimeOffset now)
    {
        (EligibilityKind kind, string reason) = OfWhole(site, "has a copy", now);
        return kind != EligibilityKind.Whole || copy.Told?.State is not (CopyStates.Failed or CopyStates.Refused)
            ? (kind, reason)
            : (copy.Told.State == CopyStates.Refused ? EligibilityKind.Stale : EligibilityKind.Waiting,
                $"has a copy that does not follow: {copy.Told.Problem?.TrimEnd('.') ?? "it says no reason"}");
    }

    private static (EligibilityKind Kind, string Reason) OfIncomplete(PlacementSite site, CopyRecord copy, long bytes, DateTimeOffset now)
    {
        CopyProgress? progress = copy.Told;
        long left = Math.Max(0, (progress?.Bytes ?? bytes) - (progress?.BytesDone ?? 0));
        string comes = progress?.Problem is { } problem ? $"gets a copy, but: {problem.TrimEnd('.')}"
            : progress is null ? "was asked for a copy"
            : $"gets a copy, and lacks {Display.Bytes(left)} of it" + (copy.Left(now) is { } time
                ? $", which takes about {Display.Duration(time)} at {Display.Bytes(copy.Pace!.BytesPerSecond!.Value)} a second"
                : "");
        if (site.Intake is SiteIntake.ReadOnly or SiteIntake.Draining)
        {
            return (EligibilityKind.Barred, "has a part of a copy, and takes nothing");
        }

        if (site.AwaySince is { } since)
        {
            return (now - since < AbsenceLimit
                ? EligibilityKind.Coming : EligibilityKind.Absent, $"{comes}; it has been away since {Display.Minute(since)}");
        }

        if (progress?.State == CopyStates.Refused)
        {
            return (EligibilityKind.Barred, $"was asked for a copy, and refuses it: {progress.Problem ?? "it says no reason"}");
        }

        if (progress?.State == CopyStates.Failed && site.FreeBytes < left)
        {
            return (EligibilityKind.Barred, $"has room for {Display.Bytes(site.FreeBytes)}, and lacks {Display.Bytes(left)} of its copy");
        }

        return (EligibilityKind.Coming, comes);
    }

    private static (EligibilityKind Kind, string Reason) OfEmpty(PlacementSite site, long bytes)
    {
        if (site.Intake != SiteIntake.Open)
        {
            return (EligibilityKind.Barred, site.Intake switch
            {
                SiteIntake.ReadOnly => "is read-only",
                SiteIntake.Draining => "is being emptied",
                _ => "takes nothing new",
            });
        }

        if (site.Declines is { } why)
        {
            return (EligibilityKind.Barred, why);
        }

        if (site.AvailableBytes < bytes)
        {
            return (EligibilityKind.Barred, $"has room for {Display.Bytes(site.AvailableBytes)}, and {Display.Bytes(bytes)} are needed");
        }

        if (site.AwaySince is { } since)
        {
            return (EligibilityKind.Absent, $"could have a copy, but has been away since {Display.Minute(since)}");
        }

        return (EligibilityKind.Able, "could have a copy");
    }
}

internal enum EligibilityKind
{
    /// <summary>It has a complete copy and is connected.</summary>
    Whole,

    /// <summary>It has a complete copy, but has been away for less than a day, or fails to follow the home at present.</summary>
    Waiting,

    /// <summary>A copy is in progress.</summary>
    Coming,

    /// <summary>It has a complete copy, but has been away too long to count.</summary>
    Gone,

    /// <summary>It has a complete copy of an older state, and no space to follow.</summary>
    Stale,

    /// <summary>It has no complete copy, could have one, but is away.</summary>
    Absent,

    /// <summary>It can be given a copy now.</summary>
    Able,

    /// <summary>It cannot have a copy, or its copy does not count, until someone changes something there.</summary>
    Barred,

    /// <summary>A rule excludes it.</summary>
    Excluded,
}
