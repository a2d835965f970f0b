namespace Hutch.Bench.Stores;

/// <summary>What many small files cost the file system of the server.</summary>
internal sealed class InodesBenchmark : IBenchmark
{
    private static readonly FileSet Files = new("10 000 x 10 KiB", 10_000, 10 * 1024);

    public string Name => "inodes";

    public string Description => $"inodes for {Files.Name} beside restic and plain files (DataLad: push-clone-datalad); aim: at most 10";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string source = Path.Combine(context.Folder, "source");
        await Files.WriteAsync(source, seed: 1, cancellationToken);
        foreach (Func<string, IStore> make in new Func<string, IStore>[] { f => new HutchStore(f), f => new ResticStore(f), f => new RcloneStore(f) })
        {
            StoreRun run = await StoreRun.RunAsync(context.Folder, source, make, cancellationToken);
            context.Report($"{run.Store,-18} {run.NewInodes,6} inodes more, {run.AllInodes,6} in the whole store");
        }
    }
}
