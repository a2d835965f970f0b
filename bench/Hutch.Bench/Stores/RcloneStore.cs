namespace Hutch.Bench.Stores;

/// <summary>rclone from folder to folder: plain copies that are compared afterwards. It does not sync.</summary>
internal sealed class RcloneStore(string folder) : IStore
{
    private static readonly Dictionary<string, string> NoConfiguration = new() { ["RCLONE_CONFIG"] = "/dev/null" };

    public string Name => "rclone (no sync)";

    public string Folder { get; } = Path.Combine(folder, "copy");

    public Task<string> PrepareAsync(string source, CancellationToken ct) => Task.FromResult(source);

    public Task<Measurement> PushAsync(string source, CancellationToken ct) => CopyAsync(source, Folder, ct);

    public Task<Measurement> CloneAsync(string target, CancellationToken ct) => CopyAsync(Folder, target, ct);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<Measurement> CopyAsync(string from, string to, CancellationToken ct) =>
        Measurement.RunAsync(folder, NoConfiguration, "rclone", ["copy", "--quiet", from, to], ct);
}
