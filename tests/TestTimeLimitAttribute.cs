using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Xunit.v3;

[assembly: Hutch.Tests.TestTimeLimit]

namespace Hutch.Tests;

/// <summary>
/// Cancels a test that hangs, so that it fails by name and the others are counted: without it, the whole program would be stopped and leave no results.
/// It is far above what any test takes on a busy machine; it asserts nothing about speed. `./run torture` needs longer, and sets its own limit.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TestTimeLimitAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(
        int.TryParse(Environment.GetEnvironmentVariable("HUTCH_TEST_MINUTES"), CultureInfo.InvariantCulture, out int minutes) ? minutes : 10);

    private readonly ConcurrentDictionary<string, Timer> _timers = [];

    /// <inheritdoc />
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ITestContext context = TestContext.Current;
        ClassProcessor.Enter(methodUnderTest.ReflectedType!.FullName!);
        _timers[test.UniqueID] = new Timer(_ => context.CancelCurrentTest(), null, Limit, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_timers.TryRemove(test.UniqueID, out Timer? timer))
        {
            timer.Dispose();
        }
    }
}
