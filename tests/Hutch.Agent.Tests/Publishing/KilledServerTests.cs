using Hutch.Model.Site;

namespace Hutch.Agent.Tests.Publishing;

/// <summary>A server that is killed after each thing that it records: what the agent knew by then is enough to go on.</summary>
public sealed class KilledServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Acquisition_ends_though_the_server_was_killed_while_it_saw_the_running_file_for_the_first_time(bool wasPublishedBefore)
    {
        bool wasKilled = true;
        for (int commits = 1; wasKilled; commits++)
        {
            await using Facility facility = await Facility.OpenAsync();
            facility.Drop("a");
            if (wasPublishedBefore)
            {
                await facility.LookAsync("a");
            }

            facility.Write("a", ".running", "");
            facility.Write("a", "x", "1");
            wasKilled = await facility.LookAndDieAsync("a", commits);
            File.Delete(facility.PathOf("a", ".running"));
            await facility.LookAsync("a");
            await facility.HashAsync();
            await facility.LookAsync("a");

            SiteDataset dataset = await facility.DatasetAsync("a");
            SiteSnapshot[] snapshots = [.. await facility.Site.Snapshots.ListAsync(dataset, long.MaxValue, 10, Ct)];
            Assert.True(snapshots.Any(snapshot => snapshot.Message == "Acquisition ended"), $"killed after {commits} commits, it never ended");
        }
    }
}
