using Hutch.Catalog.Zone;
using Hutch.Model.Placement;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Datasets.Replication.Placement;

/// <param name="paces">Bytes a second of the last transfers from one site to another.</param>
public sealed class RuleEffect(RuleRecord rule, IReadOnlyDictionary<SitePair, double> paces)
{
    private const int MaxNamed = 20;

    private readonly Dictionary<string, long> _promised = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, NewCopies> _sites = new(StringComparer.Ordinal);
    private readonly Dictionary<RuleState, long> _states = [];
    private readonly List<(PlannedDataset Dataset, RuleStatus Status)> _open = [];

    public RuleRecord Rule => rule;

    /// <summary>The number of its datasets; without those that have ended or are in the trash.</summary>
    public long Datasets { get; private set; }

    public IReadOnlyDictionary<string, NewCopies> Sites => _sites;

    /// <summary>The first datasets for which it is not fulfilled.</summary>
    public IReadOnlyList<(PlannedDataset Dataset, RuleStatus Status)> Open => _open;

    /// <summary>The bytes of these copies, by the ids of the sites.</summary>
    internal IReadOnlyDictionary<string, long> Promised => _promised;

    public long Count(RuleState state) => _states.GetValueOrDefault(state);

    internal void Add(IEnumerable<PlannedDataset> planned)
    {
        foreach (PlannedDataset one in planned.Where(static one => !one.IsOver))
        {
            int at = one.Rules.ToList().FindIndex(other => other.Number == rule.Number);
            if (at >= 0)
            {
                Add(one, one.Plan.Rules[at]);
            }
        }
    }

    private void Add(PlannedDataset one, RuleStatus status)
    {
        Datasets++;
        _states[status.State] = Count(status.State) + 1;
        if (status.State != RuleState.Fulfilled && _open.Count < MaxNamed)
        {
            _open.Add((one, status));
        }

        foreach (SiteReason chosen in one.Plan.NewCopies)
        {
            double? seconds = one.Bytes == 0 ? 0
                : paces.TryGetValue(new SitePair(one.Name.Home.SiteId, chosen.SiteId), out double rate) ? one.Bytes / rate
                : null;
            NewCopies before = _sites.GetValueOrDefault(chosen.SiteName) ?? new NewCopies(0, 0, 0);
            _sites[chosen.SiteName] = new NewCopies(before.Copies + 1, before.Bytes + one.Bytes, before.Seconds + seconds);
            _promised[chosen.SiteId] = _promised.GetValueOrDefault(chosen.SiteId) + one.Bytes;
        }
    }
}

/// <param name="Seconds">
/// Duration of these copies, each after the last, at the rate of the newest copy from each of their homes; null if one of these has sent
/// none.
/// </param>
public sealed record NewCopies(long Copies, long Bytes, double? Seconds);
