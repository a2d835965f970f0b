using Hutch.Model.Analyses;
using Hutch.Processing.Dispatch;

namespace Hutch.Datasets.Analyses;

/// <summary>The steps that users can start: those of the server, and the foreign ones that its workers declare.</summary>
internal sealed class StepOffer(StepCatalog own, RunDispatcher? dispatcher)
{
    public StepCatalog Own => own;

    /// <summary>Returns the steps that workers of a namespace can execute, the default first.</summary>
    public StepCatalog In(string ns) =>
        dispatcher?.Steps(ns) is { Count: > 0 } foreign ? new StepCatalog([.. own.Steps, .. foreign]) : own;

    /// <summary>Refuses an unknown step at a server that hears of no workers, because the one that leads the runs may know it.</summary>
    public Result<Done> Allow(string? step, StepCatalog known) =>
        step is null || dispatcher is null or { IsAtWork: true } || known.Find(step).IsOk ? Done.Value : WorkerService.WrongServer;
}
