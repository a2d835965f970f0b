using Hutch.Model.Placement;
using Hutch.Zone.Placement;

namespace Hutch.Datasets.Placement;

/// <summary>How a rule stands, or would stand, for all datasets that it is about.</summary>
public sealed class RuleEffect(RuleRecord rule)
{
    private const int MaxNamed = 20;

    private readonly Dictionary<string, long> _promised = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (long Copies, long Bytes)> _sites = new(StringComparer.Ordinal);
    private readonly Dictionary<RuleState, long> _states = [];
    private readonly List<(PlannedDataset Dataset, RuleStatus Status)> _open = [];

    /// <summary>The rule.</summary>
    public RuleRecord Rule => rule;

    /// <summary>How many datasets it is about; without those that have ended or are in the trash.</summary>
    public long Datasets { get; private set; }

    /// <summary>The copies that sites will be asked for, by the names of the sites.</summary>
    public IReadOnlyDictionary<string, (long Copies, long Bytes)> Sites => _sites;

    /// <summary>The first datasets for which it is not fulfilled.</summary>
    public IReadOnlyList<(PlannedDataset Dataset, RuleStatus Status)> Open => _open;

    /// <summary>The bytes of these copies, by the ids of the sites.</summary>
    internal IReadOnlyDictionary<string, long> Promised => _promised;

    /// <summary>For how many datasets it is in a state.</summary>
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
            (long copies, long bytes) = _sites.GetValueOrDefault(chosen.SiteName);
            _sites[chosen.SiteName] = (copies + 1, bytes + one.Bytes);
            _promised[chosen.SiteId] = _promised.GetValueOrDefault(chosen.SiteId) + one.Bytes;
        }
    }
}
