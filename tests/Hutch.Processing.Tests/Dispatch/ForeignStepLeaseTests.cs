using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Records;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Testing.Clocks;

namespace Hutch.Processing.Tests.Dispatch;

/// <summary>Foreign steps: which workers get their frames, and how long they are offered.</summary>
public sealed class ForeignStepLeaseTests
{
    private static readonly WorkerName First = new("token-1", "first");
    private static readonly WorkerName Second = new("token-2", "second");

    private readonly ManualTime _time = new();
    private readonly FrameLeaseQueue _queue;

    public ForeignStepLeaseTests() => _queue = new FrameLeaseQueue(new RunDispatchOptions(), _time, static () => new Guid(1, 0, 0, new byte[8]));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_goes_to_workers_with_the_same_code_only()
    {
        StepDeclaration code = Step("sha256:1");
        var description = new RunDescription(code.Program, code.Version, null, null, null, "anna", null) { Step = code };
        var id = new DatasetId(new Guid(2, 0, 0, new byte[8]));
        PendingFrames run = _queue.Add(new ActiveRun(id.Value, description, new VersionReference(id, 1, null), id));
        await _queue.OfferAsync(run, new FrameWork(new StoredFrame(1, Entry.File(default, 0)), null), Ct);

        Assert.Null((await _queue.LeaseAsync(Request(First), TimeSpan.Zero, Ct)).Lease);
        Assert.Null((await _queue.LeaseAsync(Request(First, Step("sha256:2")), TimeSpan.Zero, Ct)).Lease);
        FrameLease? lease = (await _queue.LeaseAsync(Request(Second, code), TimeSpan.Zero, Ct)).Lease;

        Assert.Equal((run.Run.Id, code), (lease?.Run, lease?.Step));
    }

    [Fact]
    public async Task A_step_is_offered_in_its_namespace_until_its_workers_have_left_or_fallen_silent()
    {
        await _queue.LeaseAsync(Request(First, Step("sha256:1")), TimeSpan.Zero, Ct);
        _time.Advance(TimeSpan.FromMinutes(1));
        await _queue.LeaseAsync(Request(Second, Step("sha256:2")), TimeSpan.Zero, Ct);

        Assert.Equal(["sha256:2"], Offered());
        Assert.Empty(_queue.Steps("trial"));
        _queue.Leave(Second);
        Assert.Equal(["sha256:1"], Offered());
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(Offered());
    }

    private IEnumerable<string> Offered() => _queue.Steps(WorkerNamespace.Default).Select(step => step.Version);

    private static FrameLeaseRequest Request(WorkerName worker, params StepDeclaration[] steps) => new()
    {
        Worker = worker,
        Namespace = WorkerNamespace.Default,
        Programs = new HashSet<string> { "steps/test" },
        Steps = steps,
    };

    private static StepDeclaration Step(string version) => new()
    {
        Name = "test",
        Title = "Test",
        Description = "",
        Program = "steps/test",
        Version = version,
        OutputSuffix = "test",
        OutputTitle = "Test",
        Columns = [],
    };
}
