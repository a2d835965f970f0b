namespace Hutch.Bench.Stores;

/// <summary>restic with a repository on the same disk. It deduplicates, encrypts and syncs.</summary>
internal sealed class ResticStore(string folder) : IStore
{
    private readonly Dictionary<string, string> _environment = new()
    {
        ["RESTIC_PASSWORD"] = "bench",
        ["RESTIC_CACHE_DIR"] = Path.Combine(folder, "cache"),
    };

    public string Name => "restic";

    public string Folder { get; } = Path.Combine(folder, "repository");

    public async Task<string> PrepareAsync(string source, CancellationToken ct)
    {
        await RunAsync(folder, ["init"], ct);
        return source;
    }

    public Task<Measurement> PushAsync(string source, CancellationToken ct) => RunAsync(source, ["backup", "."], ct);

    public Task<Measurement> CloneAsync(string target, CancellationToken ct) => RunAsync(folder, ["restore", "latest", "--target", target], ct);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<Measurement> RunAsync(string where, string[] arguments, CancellationToken ct) =>
        Measurement.RunAsync(where, _environment, "restic", ["--quiet", "--repo", Folder, .. arguments], ct);
}
