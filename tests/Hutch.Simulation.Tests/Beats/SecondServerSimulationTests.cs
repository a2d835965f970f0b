using Hutch.Federation.Links;
using Hutch.Simulation.Tests.Support;

namespace Hutch.Simulation.Tests.Beats;

/// <summary>Two servers run with the key of one site, as after a copy of a data folder. The zone hears the beats of both.</summary>
public sealed class SecondServerSimulationTests
{
    private const string Site = "archive";

    private static readonly TimeSpan Faults = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    public static TheoryData<int> Seeds => Schedules.From(8);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task One_of_two_servers_is_admitted_and_the_other_only_after_the_end_of_the_first(int seed)
    {
        var story = new Story(seed);
        story.Start("one");
        story.World.After(TimeSpan.FromSeconds(story.World.Chance.Next(1, 30)), () =>
        {
            story.Start("two");
            return Task.CompletedTask;
        });
        await story.World.RunUntilAsync(Faults);
        story.Network.Heal();
        await story.World.RunUntilAsync(Faults + Settled);
        story.Admitted.Clear();
        await story.World.RunUntilAsync(Faults + (2 * Settled));
        string first = Assert.Single(story.Admitted);
        bool isNoticed = story.HasSecond;

        story.Stop(first);
        await story.World.RunUntilAsync(Faults + (3 * Settled));

        Assert.True(isNoticed);
        Assert.Equal(2, story.Admitted.Count);
    }

    [Fact]
    public async Task The_second_server_is_refused_and_the_first_not()
    {
        var story = new Story(1);
        story.Network.Heal();
        story.Start("one");
        await story.World.RunUntilAsync(Settled);
        story.Start("two");
        await story.World.RunUntilAsync(2 * Settled);
        story.Admitted.Clear();
        await story.World.RunUntilAsync(3 * Settled);

        Assert.Equal(["one"], story.Admitted);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_server_that_restarts_is_admitted_with_each_beat_of_its_new_run(int seed)
    {
        var story = new Story(seed);
        story.Network.Heal();
        for (int run = 0; run < 20; run++)
        {
            string name = $"run {run}";
            story.Start(name);
            await story.World.RunUntilAsync(story.World.Now + TimeSpan.FromMilliseconds(story.World.Chance.Next(20, 8000)));
            story.Stop(name);
            await story.World.RunUntilAsync(story.World.Now + TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal((20, 0), (story.Admitted.Count, story.Refused));
    }

    private sealed class Story
    {
        private readonly HashSet<string> _running = [];

        public Story(int seed)
        {
            World = new World(seed);
            Network = new SimulatedNetwork(World);
            Contacts = new SiteContacts(World.Clock());
        }

        public World World { get; }

        public SimulatedNetwork Network { get; }

        public SiteContacts Contacts { get; }

        public HashSet<string> Admitted { get; } = [];

        public int Refused { get; private set; }

        public bool HasSecond { get; private set; }

        public void Start(string server)
        {
            _running.Add(server);
            Beat(server);
        }

        public void Stop(string server) => _running.Remove(server);

        private void Beat(string server)
        {
            Network.Send(Site, () =>
            {
                if (Contacts.Admits(Site, "archive", server))
                {
                    Admitted.Add(server);
                }
                else
                {
                    Refused++;
                    HasSecond = true;
                }

                return Task.CompletedTask;
            });
            World.After(TimeSpan.FromSeconds(1), () =>
            {
                if (_running.Contains(server))
                {
                    Beat(server);
                }

                return Task.CompletedTask;
            });
        }
    }
}
