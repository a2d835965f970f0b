using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Upkeep;

internal sealed class ServerLoads(TransferSlots work)
{
    private const int MaxTransfers = 200;

    public IReadOnlyList<ClassLoad> Classes() => [.. RequestClasses.All.Select(LoadOf)];

    /// <summary>Transfers and jobs, the oldest first.</summary>
    public IReadOnlyList<TransferLoad> Transfers() =>
        [.. work.Registry.Running.Where(IsTransfer).OrderBy(one => one.Started).Take(MaxTransfers).Select(TransferLoad.From)];

    /// <summary>Returns true for a request with a line of its own: one that has moved bytes, and every job, but no small request.</summary>
    private static bool IsTransfer(ActiveRequest request) =>
        request.BytesRead + request.BytesWritten > 0 || request.Class is RequestClass.Bulk or RequestClass.Background;

    private ClassLoad LoadOf(RequestClass requestClass)
    {
        (long read, long written, long perSecond, int running) = work.Registry.TotalsFor(requestClass);
        return new ClassLoad(requestClass, running, work.Scheduler.WaitingOf(requestClass), read, written, perSecond);
    }
}
