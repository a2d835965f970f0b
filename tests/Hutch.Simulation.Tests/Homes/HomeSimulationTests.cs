namespace Hutch.Simulation.Tests.Homes;

/// <summary>
/// The home of a dataset moves between three sites, while files are written, messages and answers are lost, and sites stop between any two
/// steps. In one epoch one site accepts writes at most, and nothing that was accepted is ever lost.
/// </summary>
public sealed class HomeSimulationTests
{
    private const int Steps = 100;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    /// <summary>The same seed is the same story.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task One_site_accepts_in_an_epoch_and_nothing_that_was_accepted_is_lost(int seed)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(seed);
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.IsFaulty = false;
        await world.SettleAsync();
        await world.CheckSettledAsync();
        await world.AskAsync(world.Sites[seed % world.Sites.Count]);
        await world.SettleAsync();

        Assert.Same(world.Sites[seed % world.Sites.Count], await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_zone_that_was_restored_to_before_a_move_learns_of_it_and_gives_no_epoch_twice()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        await world.WriteAsync(world.Sites[0]);
        await world.SettleAsync();
        await world.BackUpAsync();
        await world.AskAsync(world.Sites[1]);
        await world.SettleAsync();
        Assert.True(await world.WriteAsync(world.Sites[1]));

        await world.RestoreAsync();
        await world.SettleAsync();

        Assert.Same(world.Sites[1], await world.CheckSettledAsync());
    }
}
