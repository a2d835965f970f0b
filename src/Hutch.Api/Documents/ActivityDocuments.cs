namespace Hutch.Api.Documents;

/// <summary>Writes current activity and the audit log as the REST interface returns them.</summary>
internal static class ActivityDocuments
{
    public static SiteActivity From(ActivityReport report) => new()
    {
        Time = report.Time,
        Storage = StorageDocuments.From(report.Storage),
        Transfers = [.. report.Transfers.Select(work => From(work, report))],
        Classes = [.. report.Classes.Select(From)],
        Jobs = [.. report.Jobs.Select(JobDocuments.From)],
        Recent = report.Recent is { } lines ? [.. lines.Select(From)] : null,
    };

    public static ActivityInfo From(ActivityLine line) => new()
    {
        Time = line.Time,
        User = line.User,
        Action = line.Action,
        Detail = line.Detail,
        Token = line.Token,
        Snapshot = line.Snapshot,
    };

    public static DatasetDownloads From(DownloadCounts counts) => new()
    {
        Times = counts.Times,
        Bytes = counts.Bytes,
        People = counts.People,
        Since = counts.Since,
        Strangers = counts.Strangers is { } strangers ? From(strangers) : null,
        Members = [.. counts.Members.Select(From)],
    };

    private static ReaderDownloads From(DownloadRecord reader) => new()
    {
        User = reader.User,
        Times = reader.Times,
        Bytes = reader.Bytes,
        First = reader.First,
        Last = reader.Last,
    };

    public static AuditInfo From(AuditRecord line) => new()
    {
        Sequence = line.Sequence,
        Time = line.At,
        User = line.Actor.Name,
        Token = line.Actor.Credential,
        Action = line.Action,
        Target = line.Target,
        TargetName = line.TargetName,
        Detail = line.Detail,
    };

    private static TransferInfo From(TransferLoad work, ActivityReport report) => new()
    {
        User = work.User.Length == 0 ? null : work.User,
        Door = work.Door,
        What = work.What,
        Dataset = DatasetId.TryParse(work.Dataset, out DatasetId dataset) ? dataset : null,
        DatasetName = report.Names.GetValueOrDefault(dataset),
        Class = work.Class.ToName(),
        Started = work.Started,
        BytesRead = work.BytesRead,
        BytesWritten = work.BytesWritten,
        BytesPerSecond = (long)((work.BytesRead + work.BytesWritten) / Math.Max(1, (report.Time - work.Started).TotalSeconds)),
    };

    public static WorkClassInfo From(ClassLoad load) => new()
    {
        Class = load.Class.ToName(),
        Running = load.Running,
        Waiting = load.Waiting,
        BytesRead = load.BytesRead,
        BytesWritten = load.BytesWritten,
        BytesPerSecond = load.BytesPerSecond,
    };
}
