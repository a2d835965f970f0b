using System.Globalization;
using Hutch.Bench.Stores;

namespace Hutch.Bench.DataLad;

/// <summary>DataLad with a server of Hutch, beside DataLad with a RIA store, over nginx and by its path.</summary>
internal sealed class DataLadBenchmark : IBenchmark
{
    private const int Rounds = 3;
    private const string Jobs = "4";
    private const string ByPath = "RIA by its path";
    private const string Small = "SMALL", Large = "LARGE", Many = "MANY", Inodes = "INODES";

    public string Name => "datalad";

    public string Description =>
        "datalad with hutch beside a RIA store, by its path and over nginx; aims: reads >= nginx, push >= RIA, <= 2 x its time by git-lfs, "
        + "hutch push and clone >= 30 x, inodes <= 1/100";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        bool isQuick = context.IsQuick;
        FileSet small = isQuick ? new("1 000 x 10 KiB", 1000, 10 << 10) : new("10 000 x 10 KiB", 10_000, 10 << 10);
        FileSet large = isQuick ? new("1 x 256 MiB", 1, 256L << 20) : new("1 x 2 GiB", 1, 2L << 30);
        FileSet many = isQuick ? new("10 000 x 16 B", 10_000, 16) : new("100 000 x 16 B", 100_000, 16);
        if (Has(context, Small) || Has(context, Large) || Has(context, Many))
        {
            await using RiaStores stores = await RiaStores.StartAsync(context, cancellationToken);
            if (Has(context, Small))
            {
                await PushAndGetAsync(context, stores, "small", small, isOursFirst: false, cancellationToken);
            }

            if (Has(context, Large))
            {
                // The small files are in the machine's memory for whoever comes first, too; the large one may not stay there.
                await PushAndGetAsync(context, stores, "large", large, isOursFirst: false, cancellationToken);
                await PushAndGetAsync(context, stores, "large", large, isOursFirst: true, cancellationToken);
            }

            if (Has(context, Many))
            {
                await CloneAndPublishAsync(context, stores, many, cancellationToken);
            }
        }

        if (Has(context, Inodes))
        {
            await DatasetInodes.CountAsync(context, isQuick ? 10 : 100, 1000, cancellationToken);
        }
    }

    private static bool Has(BenchmarkContext context, string part) => context.Cells.Has(part, 0, 0);

    /// <summary>
    /// Both stores get the same dataset from the same folder, with the content in it, and give it back. Who comes second finds the files in
    /// the machine's memory, so that it is done in either order.
    /// </summary>
    private static async Task PushAndGetAsync(
        BenchmarkContext context, RiaStores stores, string kind, FileSet files, bool isOursFirst, CancellationToken ct)
    {
        string name = isOursFirst ? kind + "-again" : kind;
        (DataLadUser user, string source) = (stores.User, Path.Combine(stores.Folder, name + "-source"));
        string dataset = Path.Combine(stores.Folder, name);
        await files.WriteAsync(source, seed: isOursFirst ? 3 : 1, ct);
        await user.CreateAsync(dataset, source, ct);
        string[] sibling = ["-s", "ria", "--alias", name, "--post-update-hook", "--new-store-ok", "ria+file://" + stores.Plain];
        await user.RunAsync(dataset, "datalad", ["create-sibling-ria", .. sibling], ct);
        await user.RunAsync(dataset, "hutch", ["datalad", "enable", name], ct);

        Task<Measurement> PushAsync(string to) => user.RunAsync(dataset, "datalad", ["push", "--to", to], ct);
        Measurement? before = isOursFirst ? null : await PushAsync("ria");
        (Measurement, double) ours = await stores.WatchAsync(() => PushAsync("hutch"));
        Measurement plain = before ?? await PushAsync("ria");
        string order = isOursFirst ? "hutch first" : "RIA first";
        context.Report(RiaStores.Compare($"push of {files.Name}, {order}", ours, [(ByPath, plain)]));
        if (!isOursFirst)
        {
            ours = await PushByLfsAsync(stores, name, dataset, ct);
            context.Report(RiaStores.Compare($"push of {files.Name} by git-lfs, aim >= 0.50 x", ours, [(ByPath, plain)]));
            ours = await PushAndCloneAloneAsync(stores, name, source, ct);
        }

        (Measurement Took, double PeakMegabytes) alone = ours;
        Task<Measurement> GetAsync(RiaAddress store) => GetFromAsync(stores, store, name, source, ct);
        ours = await stores.WatchAsync(() => GetAsync(stores.Hutch));
        var others = new List<(string, Measurement)>();
        foreach (RiaAddress store in stores.Others)
        {
            others.Add((store.Name, await GetAsync(store)));
        }

        context.Report(RiaStores.Compare($"get of {files.Name}, {Jobs} at a time", ours, others));
        if (!isOursFirst)
        {
            Measurement both = new(plain.Seconds + others[^1].Item2.Seconds, plain.CpuSeconds + others[^1].Item2.CpuSeconds);
            context.Report(RiaStores.Compare($"hutch push and clone of {files.Name}, aim >= 30 x", alone, [(ByPath + ", push and get", both)]));
        }

        OwnFolder.Delete(dataset);
        Directory.Delete(source, recursive: true);
    }

    /// <summary>git-annex sends the same content through git-lfs, which it speaks over TLS alone, to a dataset that has none of it.</summary>
    private static Task<(Measurement Took, double PeakMegabytes)> PushByLfsAsync(
        RiaStores stores, string name, string dataset, CancellationToken ct)
    {
        string url = $"{stores.Secure}git/admin/{name}-lfs";
        return stores.WatchAsync(async () =>
        {
            await stores.User.RunAsync(dataset, "git", ["push", url, "HEAD"], ct);
            await stores.User.RunAsync(dataset, "git", ["annex", "initremote", "lfs", "type=git-lfs", "encryption=none", "url=" + url], ct);
            return await stores.User.RunAsync(
                dataset, "bash", ["-c", $"git annex copy --quiet --to lfs --jobs {Jobs} && git push {url} HEAD +git-annex"], ct);
        });
    }

    /// <summary>The same files without git: `hutch push` of a folder, and `hutch clone` of what it made.</summary>
    private static async Task<(Measurement Took, double PeakMegabytes)> PushAndCloneAloneAsync(
        RiaStores stores, string name, string source, CancellationToken ct)
    {
        string clone = Path.Combine(stores.Folder, "alone");
        await stores.User.RunAsync(source, "hutch", ["init", "--name", name + "-alone"], ct);
        (Measurement, double) took = await stores.WatchAsync(
            () => stores.User.RunAsync(source, "bash", ["-c", $"hutch push && hutch clone {name}-alone {clone}"], ct));
        Directory.Delete(clone, recursive: true);
        Directory.Delete(Path.Combine(source, ".hutch"), recursive: true);
        return took;
    }

    private static async Task<Measurement> GetFromAsync(RiaStores stores, RiaAddress store, string name, string source, CancellationToken ct)
    {
        string clone = Path.Combine(stores.Folder, "clone");
        await stores.User.RunAsync(stores.Folder, "datalad", ["clone", store.Address + name, clone], ct);
        Measurement took = await stores.User.RunAsync(clone, "datalad", ["get", ".", "--jobs", Jobs], ct);
        await FileSet.RequireEqualAsync(source, clone, ct);
        OwnFolder.Delete(clone);
        return took;
    }

    /// <summary>A dataset of very many names: hutch pushes it and writes the RIA store, as DataLad would take most of an hour for that.</summary>
    private static async Task CloneAndPublishAsync(BenchmarkContext context, RiaStores stores, FileSet files, CancellationToken ct)
    {
        const string Name = "many";
        string source = Path.Combine(stores.Folder, Name);
        await files.WriteAsync(source, seed: 2, ct);
        await stores.User.RunAsync(source, "hutch", ["init", "--name", Name], ct);
        await stores.User.RunAsync(source, "hutch", ["push"], ct);
        await stores.User.RunAsync(stores.Folder, "hutch", ["export-ria", stores.Plain, Name], ct);

        (Measurement, double) first = await stores.WatchAsync(() => CloneAsync(stores, stores.Hutch, Name, "hutch-clone", ct));
        (Measurement, double) ours = await stores.WatchAsync(() => MedianAsync(stores, stores.Hutch, Name, ct));
        var others = new List<(string, Measurement)>();
        foreach (RiaAddress store in stores.Others)
        {
            others.Add((store.Name, await MedianAsync(stores, store, Name, ct)));
        }

        context.Report(RiaStores.Compare($"first clone of {files.Name}, for which all is made", first, []));
        context.Report(RiaStores.Compare($"clone of {files.Name}, median of {Rounds}", ours, others));
        await CloneAsync(stores, stores.Others[^1], Name, "ria-clone", ct);
        await stores.User.RunAsync(Path.Combine(stores.Folder, "hutch-clone"), "hutch", ["datalad", "enable"], ct);
        Measurement plain = await PublishAsync(stores, "ria-clone", ct);
        ours = await stores.WatchAsync(() => PublishAsync(stores, "hutch-clone", ct));
        context.Report(RiaStores.Compare($"push of one changed file of {files.Name}", ours, [(stores.Others[^1].Name, plain)]));
    }

    private static Task<Measurement> CloneAsync(RiaStores stores, RiaAddress store, string name, string target, CancellationToken ct) =>
        stores.User.RunAsync(stores.Folder, "datalad", ["clone", store.Address + name, Path.Combine(stores.Folder, target)], ct);

    /// <summary>The processor time of the server is that of all rounds.</summary>
    private static async Task<Measurement> MedianAsync(RiaStores stores, RiaAddress store, string name, CancellationToken ct)
    {
        var took = new List<Measurement>();
        for (int i = 0; i < Rounds; i++)
        {
            took.Add(await CloneAsync(stores, store, name, "clone", ct));
            OwnFolder.Delete(Path.Combine(stores.Folder, "clone"));
        }

        return took.OrderBy(static one => one.Seconds).ElementAt(Rounds / 2);
    }

    private static async Task<Measurement> PublishAsync(RiaStores stores, string clone, CancellationToken ct)
    {
        string folder = Path.Combine(stores.Folder, clone);
        string file = Path.Combine(folder, "000", "00000.bin");
        File.Delete(file);
        await File.WriteAllTextAsync(file, clone + DateTimeOffset.UtcNow.ToString(CultureInfo.InvariantCulture), ct);
        await stores.User.SaveAsync(folder, ct);
        return await stores.User.RunAsync(folder, "datalad", ["push", "--to", "origin"], ct);
    }
}
