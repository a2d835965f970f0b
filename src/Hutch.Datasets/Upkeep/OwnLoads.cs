using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Upkeep;

/// <summary>What this server does at the moment.</summary>
internal sealed class OwnLoads(WorkShares work)
{
    private const int MaxTransfers = 200;

    /// <summary>Work by class.</summary>
    public IReadOnlyList<ClassLoad> Classes() => [.. WorkClasses.All.Select(LoadOf)];

    /// <summary>Transfers and jobs, the oldest first.</summary>
    public IReadOnlyList<TransferLoad> Transfers() =>
        [.. work.Registry.Running.Where(IsTransfer).OrderBy(one => one.Started).Take(MaxTransfers).Select(TransferLoad.Of)];

    /// <summary>Small requests come and go; what has moved something, and every job, is worth a line.</summary>
    private static bool IsTransfer(Work work) =>
        work.BytesRead + work.BytesWritten > 0 || work.Class is WorkClass.Bulk or WorkClass.Background;

    private ClassLoad LoadOf(WorkClass workClass)
    {
        (long read, long written, long perSecond, int running) = work.Registry.Of(workClass);
        return new ClassLoad(workClass, running, work.Gate.WaitingOf(workClass), read, written, perSecond);
    }
}
