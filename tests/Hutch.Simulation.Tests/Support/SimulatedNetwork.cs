namespace Hutch.Simulation.Tests.Support;

/// <summary>
/// Carries messages between sites as a bad network does: late, twice, in another order, or not at all; and cuts sites off for a while.
/// </summary>
internal sealed class SimulatedNetwork(World world)
{
    private readonly HashSet<string> _cutOff = [];

    /// <summary>Whether it behaves from now on.</summary>
    public bool IsHealed { get; private set; }

    /// <summary>Sends a message to or from a site; what it does on arrival happens then, perhaps twice.</summary>
    public void Send(string site, Func<Task> arrive)
    {
        if (IsHealed)
        {
            world.After(TimeSpan.FromMilliseconds(5), arrive);
            return;
        }

        int copies = world.Chance.Next(10) switch { 0 => 0, 1 => 2, _ => 1 };
        for (int i = 0; i < copies && !_cutOff.Contains(site); i++)
        {
            // Most are quick; some arrive long after the timeout of their sender.
            int milliseconds = world.Chance.Next(8) == 0 ? world.Chance.Next(10_000) : world.Chance.Next(200);
            world.After(TimeSpan.FromMilliseconds(milliseconds), arrive);
        }
    }

    /// <summary>Cuts a site off, for a while.</summary>
    public void CutOff(string site, TimeSpan time)
    {
        _cutOff.Add(site);
        world.After(time, () =>
        {
            _cutOff.Remove(site);
            return Task.CompletedTask;
        });
    }

    /// <summary>Ends all faults.</summary>
    public void Heal()
    {
        IsHealed = true;
        _cutOff.Clear();
    }
}
