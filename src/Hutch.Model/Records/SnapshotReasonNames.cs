namespace Hutch.Model.Records;

public static class SnapshotReasonNames
{
    public static string ToName(this SnapshotReason reason) => reason switch
    {
        SnapshotReason.Automatic => "auto",
        SnapshotReason.Push => "push",
        SnapshotReason.Manual => "manual",
        SnapshotReason.Close => "close",
        SnapshotReason.Run => "run",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <exception cref="ArgumentOutOfRangeException">The text is no such name.</exception>
    public static SnapshotReason Parse(string text) => text switch
    {
        "auto" => SnapshotReason.Automatic,
        "push" => SnapshotReason.Push,
        "manual" => SnapshotReason.Manual,
        "close" => SnapshotReason.Close,
        "run" => SnapshotReason.Run,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "Not a reason."),
    };
}
