using Hutch.Model.Placement;
using Hutch.Model.Records;
using Hutch.Model.Sites;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Api.Documents;

internal static class SiteDocuments
{
    private const int MaxRenamed = 1000;

    public static SiteList From(SiteOverview overview)
    {
        Dictionary<string, string> names = overview.Sites.ToDictionary(
            static seen => seen.Site.Id, static seen => seen.Site.Name, StringComparer.Ordinal);
        names[overview.Id] = overview.Name;
        if (overview.Zone is { Joined.Zone: var zone })
        {
            names[zone] = "the site of the zone";
        }

        return new SiteList
        {
            Here = Here(overview, names),
            Items =
            [
                .. overview.Sites.Select(seen => From(seen) with
                {
                    Traffic = overview.Zone is null && seen.Contact is { } contact ? From(contact.Traffic, names) : null,
                }),
                .. overview.Invites.Select(From),
            ],
        };
    }

    private static ThisSite Here(SiteOverview overview, Dictionary<string, string> names) => new()
    {
        Name = overview.Name,
        Key = SiteKeyText.Format(overview.Key),
        Address = overview.Address,
        Labels = overview.Labels,
        Intake = overview.Terms.Intake.ToName(),
        Accepts = overview.Terms.Accepts,
        Traffic = From(overview.Traffic, names),
        Zone = overview.Zone is { } zone ? From(zone) : null,
    };

    /// <summary>Writes a site's report of its traffic with others, without sites that have left the zone.</summary>
    private static SiteTrafficInfo[] From(IEnumerable<TrafficLine> lines, Dictionary<string, string> names) =>
    [
        .. lines.Where(line => names.ContainsKey(line.SiteId)).Select(line => new SiteTrafficInfo
        {
            Site = names[line.SiteId],
            InPerSecond = line.InPerSecond,
            OutPerSecond = line.OutPerSecond,
            InDay = line.InDay,
            OutDay = line.OutDay,
        }).OrderBy(static line => line.Site, StringComparer.Ordinal),
    ];

    public static JoinedZoneInfo From(ZoneContact zone) => new()
    {
        Zone = zone.Joined.Zone,
        SiteId = zone.Joined.SiteId,
        SiteName = zone.Joined.SiteName,
        Address = zone.Joined.Address,
        Key = SiteKeyText.Format(zone.Joined.Key),
        Joined = zone.Joined.JoinedAt,
        Connected = zone.IsConnected,
        SilentSeconds = zone.SilentFor?.TotalSeconds,
        Problem = zone.Problem,
    };

    public static JoinPlanInfo From(PlannedJoin planned)
    {
        Dictionary<DatasetId, string> owners = planned.Plan.Datasets.ToDictionary(
            static dataset => dataset.Dataset, static dataset => dataset.Owner);
        ILookup<string, ImportedDataset> owned = planned.Plan.Datasets.ToLookup(static dataset => dataset.Owner, StringComparer.Ordinal);
        Dictionary<string, long> ends = new(planned.Plan.Ends, StringComparer.Ordinal);
        if (planned.Quotas > 0)
        {
            ends["quotas of accounts that are called otherwise"] = planned.Quotas;
        }

        return new JoinPlanInfo
        {
            Zone = planned.Zone.Zone,
            Address = planned.Zone.Address,
            SiteName = planned.Zone.SiteName,
            Accounts =
            [
                .. planned.Map.Accounts.Select(account => new JoinPlanAccount
                {
                    Local = account.Local,
                    Zone = account.Zone,
                    Made = account.IsNew,
                    Datasets = account.Zone is null ? 0 : owned[account.Zone].Count(),
                }),
            ],
            Datasets = planned.Plan.Datasets.Count,
            Renamed =
            [
                .. planned.Names
                    .Select(name => new JoinPlanName
                    {
                        Dataset = name.Dataset,
                        Name = planned.Plan.Names[name.Dataset],
                        Becomes = $"{owners[name.Dataset]}/{name.Slug}",
                    })
                    .Where(static name => name.Name != name.Becomes).OrderBy(static name => name.Name, StringComparer.Ordinal)
                    .Take(MaxRenamed),
            ],
            Ends = ends,
        };
    }

    public static SiteDifferenceList From(SiteDifferences differences) => new()
    {
        Compared = differences.Compared,
        Items =
        [
            .. differences.Items.Select(static one => new SiteDifferenceInfo
            {
                Kind = one.Kind,
                Dataset = one.Dataset,
                Name = one.Name,
                Problem = one.Problem,
                Bytes = one.Bytes,
            }),
        ],
        Next = differences.Next?.ToString(),
    };

    public static SiteTermsInfo From(SiteTerms terms) => new() { Intake = terms.Intake.ToName(), Accepts = terms.Accepts };

    public static ZoneSiteInfo From(LabelledSite labelled) => labelled.Seen is { } seen
        ? From(seen)
        : new ZoneSiteInfo { Name = labelled.Name, State = "connected", Labels = labelled.Labels };

    public static ZoneSiteInfo From(SiteWithContact seen) => new()
    {
        Name = seen.Site.Name,
        State = seen.IsConnected switch { true => "connected", false => "disconnected", null => "unknown" },
        Labels = seen.Site.Labels,
        Intake = seen.Site.Terms.Intake.ToName(),
        Accepts = seen.Site.Terms.Accepts,
        Left = seen.Left,
        Id = seen.Site.Id,
        Key = SiteKeyText.Format(seen.Site.Key),
        Joined = seen.Site.JoinedAt,
        Portal = seen.Site.Portal?.Origin,
        Certificate = seen.Site.Portal?.Certificate,
        RunBy = seen.Site.RunBy,
        Trusted = seen.Site.TrustedAt,
        Heard = seen.Site.HeardAt,
        Address = seen.Site.Address,
        FreeBytes = seen.Site.FreeBytes < SiteSpace.Unknown ? seen.Site.FreeBytes : null,
        Release = seen.Contact?.Release,
        ClockAheadSeconds = seen.Contact?.ClockAhead.TotalSeconds,
        Problem = seen.Contact switch
        {
            { HasSecondServer: true } =>
                "Two servers run with the key of this site, as after a copy of its data folder. The second is refused: stop it.",
            { IsClockOff: true } contact => ClockProblem(contact.ClockAhead),
            _ => null,
        },
    };

    public static SiteLeftList From(RemainingAtSite left) => new()
    {
        Datasets = left.Datasets,
        Items =
        [
            .. left.First.Select(static one => new SiteLeftInfo
            {
                Dataset = one.Dataset,
                Name = one.Name,
                Kind = one.IsHome ? "home" : "copy",
                Only = one.IsOnly,
            }),
        ],
    };

    public static InvitedSite From(IssuedJoinToken issued) =>
        new() { Name = issued.Invite.Name, Token = issued.Token.Reveal(), Expires = issued.Invite.ExpiresAt };

    public static CopyList From(DatasetCopies copies) => new()
    {
        Home = copies.Home,
        Here = copies.Here,
        Epoch = copies.Epoch.Epoch,
        MovingTo = copies.Next,
        Paused = copies.Epoch.Released is not null,
        MoveProblem = copies.Epoch.Problem,
        Items = [.. copies.Copies.Select(From)],
        Others = copies.Others is { Count: > 0 } others ? others : null,
    };

    public static EvictionInfo From(EvictionReport report) => new()
    {
        State = report.Eviction is { } eviction ? From(eviction.State) : "here",
        Holders = report.Eviction?.Holders,
        Since = report.Eviction is { Since: var since } ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null,
        By = report.Eviction?.By,
        Sites =
        [
            .. report.Holders.Select(static one => new HolderInfo { Site = one.Site, Holds = one.HasProven, Problem = one.Problem }),
        ],
        Reproduction = report.Eviction?.Reproduction is { } proved ? new ReproductionInfo
        {
            Run = proved.Run.ToString("N"),
            Rerun = proved.Rerun.ToString("N"),
            At = DateTimeOffset.FromUnixTimeMilliseconds(proved.At),
            Kept = proved.Kept.Count,
        } : null,
        Problem = report.Problem,
    };

    public static string From(EvictionState state) => state switch
    {
        EvictionState.Wanted => "wanted",
        EvictionState.Evicted => "evicted",
        EvictionState.Recalling => "recalling",
        EvictionState.Held => "held",
        _ => "freeing",
    };

    public static ComingCopyList From(MovingCopies moving) => new()
    {
        Count = moving.Count,
        Items =
        [
            .. moving.Copies.Select(From),
        ],
    };

    public static ComingCopyInfo From(MovingCopy one) => new()
    {
        Dataset = one.Dataset,
        Name = one.Name,
        Home = one.Home,
        Copy = From(one.Copy),
    };

    private static CopyInfo From(NamedCopy at) => new()
    {
        Site = at.Site,
        State = at.Copy.ReleasedAt is not null ? CopyStates.Released : at.Copy.Told?.State ?? CopyStates.Pending,
        Asked = at.Copy.AskedAt,
        Complete = at.Copy.CompleteAt,
        Told = at.Copy.ToldAt,
        Snapshot = at.Copy.Told?.Snapshot,
        Files = at.Copy.Told?.Files,
        Bytes = at.Copy.Told?.Bytes,
        FilesDone = at.Copy.Told?.FilesDone ?? 0,
        BytesDone = at.Copy.Told?.BytesDone ?? 0,
        BytesPerSecond = at.Left is null ? null : (long)at.Copy.Pace!.BytesPerSecond!.Value,
        SecondsLeft = at.Left is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null,
        Problem = at.Copy.Told?.Problem,
        Failures = at.Copy.Told?.Failures,
        Reason = at.Copy.Reason,
        Chosen = at.Copy.IsChosen,
    };

    private static ZoneSiteInfo From(SiteInviteRecord invite) => new()
    {
        Name = invite.Name,
        State = "invited",
        Labels = invite.Labels,
        Key = invite.Key is { } key ? SiteKeyText.Format(key) : null,
        Expires = invite.ExpiresAt,
    };

    private static string ClockProblem(TimeSpan ahead) => string.Create(
        CultureInfo.InvariantCulture,
        $"Its clock is {ahead.Duration().TotalMinutes:0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the zone's.");
}
