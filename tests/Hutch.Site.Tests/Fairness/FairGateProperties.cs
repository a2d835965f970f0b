using FsCheck;
using FsCheck.Fluent;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Site.Tests.Fairness;

/// <summary>What holds for every mixture of classes, users and sizes: nobody starves, shares are kept, no place lies idle that somebody may have.</summary>
public sealed class FairGateProperties
{
    private const int MaxPart = 8 << 20;

    private static readonly int[] Shares = [16, 16, 4, 1];

    [Fact]
    public void Everybody_is_served_each_class_moves_its_share_and_each_user_of_a_class_the_same() =>
        Prop.ForAll<int>(seed => RunAsync(new Random(seed)).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_user_that_returns_after_a_pause_gets_the_same_share_as_the_others()
    {
        var scheduler = new FairScheduler(1, 100, Shares);
        for (int i = 0; i < 50; i++)
        {
            (await scheduler.EnterAsync("early", RequestClass.Bulk, MaxPart, TestContext.Current.CancellationToken)).Dispose();
        }

        var crowd = new Crowd(scheduler, 1);
        await crowd.FillAsync();
        crowd.Wait(Enumerable.Range(0, 20).SelectMany(_ => new[] { ("late", RequestClass.Bulk, MaxPart), ("early", RequestClass.Bulk, MaxPart), ("", RequestClass.Background, MaxPart) }));
        for (int i = 0; i < 20; i++)
        {
            await crowd.NextAsync();
        }

        // The early user does not pay for capacity that was free, and maintenance does not catch up on a pause.
        Assert.InRange(crowd.BytesOf("late") / MaxPart, 7, 9);
        Assert.InRange(crowd.BytesOf("early") / MaxPart, 7, 9);
        Assert.InRange(crowd.BytesOf("") / MaxPart, 3, 5);
    }

    private static async Task<bool> RunAsync(Random random)
    {
        int places = random.Next(1, 4);
        var crowd = new Crowd(new FairScheduler(places, random.Next(1, 101), Shares), places);
        await crowd.FillAsync();
        crowd.Wait(Enumerable.Range(0, random.Next(1, 120)).Select(_ =>
        {
            RequestClass requestClass = RequestClasses.All[random.Next(4)];
            return ($"{requestClass}-{random.Next(3)}", requestClass, random.Next(1 << 16, MaxPart + 1));
        }));
        while (crowd.Waiting > 0)
        {
            await crowd.NextAsync();
            Assert.True(crowd.IsWorkConserving);

            // With one slot, the limit for a user has no effect, and the scheduler alone decides the order.
            if (places == 1)
            {
                crowd.CheckShares();
            }
        }

        return true;
    }

    /// <summary>Those who wait before a gate, all from the beginning, and those inside.</summary>
    private sealed class Crowd(FairScheduler scheduler, int places)
    {
        private readonly List<(string User, RequestClass Class, int Bytes, Task<IDisposable> Place)> _waiting = [];
        private readonly Queue<IDisposable> _inside = new();
        private readonly Dictionary<string, long> _ofUser = new(StringComparer.Ordinal);
        private readonly long[] _ofClass = new long[4];

        public int Waiting => _waiting.Count;

        public bool IsWorkConserving => scheduler.Taken == places || scheduler.Waiting == 0;

        public long BytesOf(string user) => _ofUser.GetValueOrDefault(user);

        /// <summary>Takes all places, so that who comes must wait.</summary>
        public async Task FillAsync()
        {
            for (int i = 0; i < places; i++)
            {
                _inside.Enqueue(await scheduler.EnterAsync($"nobody-{i}", RequestClass.Bulk, 1, TestContext.Current.CancellationToken));
            }
        }

        public void Wait(IEnumerable<(string User, RequestClass Class, int Bytes)> comers)
        {
            foreach ((string user, RequestClass requestClass, int bytes) in comers)
            {
                _waiting.Add((user, requestClass, bytes, scheduler.EnterAsync(user, requestClass, bytes, TestContext.Current.CancellationToken).AsTask()));
            }
        }

        /// <summary>One goes, and the next comes in.</summary>
        public async Task NextAsync()
        {
            _inside.Dequeue().Dispose();
            Task<IDisposable> granted = await Task.WhenAny(_waiting.Select(waiter => waiter.Place));
            int at = _waiting.FindIndex(waiter => waiter.Place == granted);
            (string user, RequestClass requestClass, int bytes, _) = _waiting[at];
            _waiting.RemoveAt(at);
            _inside.Enqueue(await granted);
            _ofUser[user] = _ofUser.GetValueOrDefault(user) + bytes;
            _ofClass[(int)requestClass] += bytes;
        }

        /// <summary>Of two that still want, neither is ahead of the other by more than a part each, over their shares.</summary>
        public void CheckShares()
        {
            RequestClass[] classes = [.. _waiting.Select(waiter => waiter.Class).Distinct()];
            foreach (RequestClass one in classes)
            {
                foreach (RequestClass other in classes)
                {
                    double ahead = ((double)_ofClass[(int)one] / Shares[(int)one]) - ((double)_ofClass[(int)other] / Shares[(int)other]);
                    Assert.True(ahead <= ((double)MaxPart / Shares[(int)one]) + ((double)MaxPart / Shares[(int)other]), $"{one} is {ahead} ahead of {other}");
                }

                string[] users = [.. _waiting.Where(waiter => waiter.Class == one).Select(waiter => waiter.User).Distinct()];
                Assert.True(users.Max(BytesOf) - users.Min(BytesOf) <= 2L * MaxPart);
            }
        }
    }
}
