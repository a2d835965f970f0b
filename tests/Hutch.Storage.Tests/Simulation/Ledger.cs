namespace Hutch.Storage.Tests.Simulation;

/// <summary>All that was given to the store and all that it answered: what the state after a crash is judged by.</summary>
public sealed class Ledger
{
    public List<WrittenGroup> Groups { get; } = [];

    /// <summary>An answer in a lane settles what failed there before: it is not there, whatever the disk says.</summary>
    public void Answer(WrittenGroup group, long segment)
    {
        foreach (WrittenGroup earlier in Groups.Where(g => g != group && g.Lane == group.Lane && g.Fate == Fate.Open))
        {
            earlier.Fate = Fate.Refused;
        }

        group.Fate = Fate.Answered;
        group.Segment = segment;
    }

    public void BeginRemoval(Func<WrittenGroup, bool> of) => Groups.Where(of).ToList().ForEach(static group => group.MayBeGone = true);

    public void EndRemoval(Func<WrittenGroup, bool> of) => Groups.Where(of).ToList().ForEach(static group => group.IsGone = true);
}
