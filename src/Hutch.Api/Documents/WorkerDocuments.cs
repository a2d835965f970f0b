using Hutch.Processing.Dispatch;

namespace Hutch.Api.Documents;

internal static class WorkerDocuments
{
    public static WorkerRequest Read(TakeWork wanted) => new()
    {
        Worker = wanted.Worker,
        Namespace = wanted.Namespace,
        Version = wanted.Version,
        Run = wanted.Run is { } run ? ReadId(run) : null,
        Except = [.. (wanted.Except ?? []).Select(ReadId)],
        Programs = wanted.Programs ?? [],
        Steps = wanted.Steps ?? [],
        MaxFrames = wanted.Frames ?? 1,
        Wait = TimeSpan.FromSeconds(Math.Max(wanted.WaitSeconds ?? 0, 0)),
    };

    public static Guid ReadId(string text) => Guid.TryParseExact(text, "N", out Guid id)
        ? id
        : throw ErrorCode.InvalidName.With($"{Display.Quote(text)} is no id of a run or a lease, which has 32 hex digits.").ToException();

    public static TakenFrames From(FrameLeaseAnswer taken) => new()
    {
        Over = taken.IsOver ? true : null,
        Lease = taken.Lease is { } lease
            ? new LeaseInfo
            {
                Id = lease.Id.ToString("N"),
                Run = lease.Run.ToString("N"),
                Program = lease.Program,
                Parameters = lease.Parameters,
                Seconds = (int)(lease.Life ?? TimeSpan.Zero).TotalSeconds,
                Frames =
                [
                    .. lease.Frames.Select(frame => new LeasedFrame
                    {
                        Number = frame.Number,
                        Size = frame.Entry.Size,
                        Hash = frame.Entry.Hash,
                        Metadata = frame.Entry.UserMetadata,
                    }),
                ],
            }
            : null,
    };

    public static LostLeases From(IReadOnlyList<Guid> lost) => new() { Lost = [.. lost.Select(lease => lease.ToString("N"))] };
}
