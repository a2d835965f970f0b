using Hutch.Simulation.Tests.Support;

namespace Hutch.Simulation.Tests.Names;

/// <summary>
/// Datasets of the same few names are made at two sites and at the zone, while lines are cut, questions and answers are lost, tokens end,
/// datasets are renamed, and sites stop between any two steps.
/// </summary>
public sealed class NameSimulationTests
{
    private const int Steps = 60;

    public static TheoryData<int> Seeds => Schedules.Of(8);

    /// <summary>The same seed is the same story.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_a_site_has_made_is_its_owners_at_each_moment_and_gets_one_name_in_the_end(int seed)
    {
        await using NamingWorld world = await NamingWorld.StartAsync(seed);
        for (int i = 0; i < Steps; i++)
        {
            await world.StepAsync();
        }

        await world.SettleAsync();

        await world.CheckSettledAsync();
    }
}
