namespace Hutch.Bench.Stores;

/// <summary>DataLad with a RIA store on the same disk; `datalad save` comes before the clock starts.</summary>
internal sealed class DataLadStore(string folder) : IStore
{
    private readonly string _dataset = Path.Combine(folder, "dataset");

    private readonly Dictionary<string, string> _environment = new()
    {
        ["HOME"] = folder,
        ["GIT_AUTHOR_NAME"] = "bench",
        ["GIT_AUTHOR_EMAIL"] = "bench@localhost",
        ["GIT_COMMITTER_NAME"] = "bench",
        ["GIT_COMMITTER_EMAIL"] = "bench@localhost",
    };

    public string Name => "DataLad (RIA)";

    public string Folder { get; } = Path.Combine(folder, "store");

    public async Task<string> PrepareAsync(string source, CancellationToken ct)
    {
        await RunAsync(folder, "datalad", ["create", _dataset], ct);
        await RunAsync(folder, "cp", ["-r", source + "/.", _dataset], ct);
        await RunAsync(_dataset, "datalad", ["save", "-m", "all"], ct);
        await RunAsync(_dataset, "datalad", ["create-sibling-ria", "-s", "ria", "--alias", "bench", "--new-store-ok", "ria+file://" + Folder], ct);
        return _dataset;
    }

    public Task<Measurement> PushAsync(string source, CancellationToken ct) => RunAsync(_dataset, "datalad", ["push", "--to", "ria"], ct);

    public async Task<Measurement> CloneAsync(string target, CancellationToken ct)
    {
        Measurement clone = await RunAsync(folder, "datalad", ["clone", $"ria+file://{Folder}#~bench", target], ct);
        Measurement get = await RunAsync(target, "datalad", ["get", "."], ct);
        return new Measurement(clone.Seconds + get.Seconds, clone.CpuSeconds + get.CpuSeconds);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<Measurement> RunAsync(string where, string program, string[] arguments, CancellationToken ct) =>
        Measurement.RunAsync(where, _environment, program, arguments, ct);
}
