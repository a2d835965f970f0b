using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.S3;
using Hutch.Disk;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.Stores;

/// <summary>
/// A dataset as a folder: names, the first byte and all bytes of a large file, beside `rclone mount` over the S3 door of the same server, and
/// beside `hutch stage`. Every measurement has a fresh mount, and a fresh cache unless it says otherwise. HUTCH_CLIENT names a client for the
/// mounts, such as that of `./run package`.
/// </summary>
internal sealed class MountBenchmark : IBenchmark
{
    private const int Rounds = 3;
    private const string Dataset = "bench";

    public string Name => "mount";

    public string Description =>
        "names, first byte and bytes through a mount beside rclone mount and stage; aim: 1 M names in 1 s, first byte in 20 ms, 0.8 x stage";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(context.Folder, "data"), cancellationToken);
        Dictionary<string, string> environment = await EnvironmentAsync(server, context.Folder, cancellationToken);
        FileSet large = new("large", 1, (context.IsQuick ? 256L : 1024L) * 1024 * 1024), small = new("small", 10_000, 1024);
        int names = context.IsQuick ? 100_000 : 1_000_000;
        string source = Path.Combine(context.Folder, "source");
        await large.WriteAsync(Path.Combine(source, "large"), seed: 1, cancellationToken);
        await small.WriteAsync(Path.Combine(source, "small"), seed: 2, cancellationToken);
        context.Report(await FileSystemRest.WaitAsync(context.Folder, cancellationToken));
        WriteNames(Path.Combine(source, "names"), names);
        await HutchAsync(source, environment, ["init", "--name", Dataset], cancellationToken);
        await HutchAsync(source, environment, ["push"], cancellationToken);

        var run = new Round(context, environment, source);
        List<Figures> ours = [], theirs = [];
        List<double> stage = [], again = [];
        for (int i = 0; i < Rounds; i++)
        {
            stage.Add(await run.StageAsync(cancellationToken));
            ours.Add(await run.MeasureAsync(run.HutchMountAsync, cancellationToken));
            again.Add(await run.NamesAgainAsync(cancellationToken));
            if (!context.IsAlone)
            {
                theirs.Add(await run.MeasureAsync(run.RcloneMountAsync, cancellationToken));
            }
        }

        string size = string.Create(CultureInfo.InvariantCulture, $"{large.Bytes / (1024 * 1024)} MiB");
        Report(context, $"first byte of {size}", ours, theirs, one => one.FirstByte * 1000, "ms");
        Report(context, $"all of {size}", ours, theirs, one => one.Sequential, "s");
        Report(context, $"ls -l, {small.Count} files", ours, theirs, one => one.Status, "s");
        Report(context, $"ls -f, {names} names", ours, theirs, one => one.Names, "s");
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"ls -f, {names} names, in a later mount of the version: {BenchmarkContext.Median(again):0.00} s; stage of {size}: "
            + $"{BenchmarkContext.Median(stage):0.00} s, the mount reads it {BenchmarkContext.MedianRatio(stage, ours.Select(one => one.Sequential)):0.00} x as fast"));
    }

    private static void Report(
        BenchmarkContext context, string what, List<Figures> ours, List<Figures> theirs, Func<Figures, double> part, string unit)
    {
        double mine = BenchmarkContext.Median([.. ours.Select(part)]);
        string peer = theirs.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $", rclone {BenchmarkContext.Median([.. theirs.Select(part)]):0.00} {unit}, ratio {BenchmarkContext.MedianRatio(theirs.Select(part), ours.Select(part)):0.0} x");
        context.Report(string.Create(CultureInfo.InvariantCulture, $"{what,-28} hutch {mine:0.00} {unit}{peer}"));
    }

    private static void WriteNames(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        for (int i = 0; i < count; i++)
        {
            File.Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"frame_{i:0000000}.cbf"))).Dispose();
        }
    }

    private static async Task<Dictionary<string, string>> EnvironmentAsync(ServerProcess server, string folder, CancellationToken ct)
    {
        (string access, string secret) = await HutchDoor.CreateKeyAsync(server, folder, ct);
        return new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["XDG_CONFIG_HOME"] = Path.Combine(folder, "config"),
            ["XDG_STATE_HOME"] = Path.Combine(folder, "state"),
            ["HUTCH_REMOTE"] = server.Address.ToString(),
            ["HUTCH_TOKEN"] = await server.ReadAdminTokenAsync(ct),
            ["AWS_CA_BUNDLE"] = "", // rclone refuses to start with one
            ["RCLONE_CONFIG"] = "/dev/null",
            ["RCLONE_CONFIG_HUTCH_TYPE"] = "s3",
            ["RCLONE_CONFIG_HUTCH_PROVIDER"] = "Other",
            ["RCLONE_CONFIG_HUTCH_ENDPOINT"] = server.S3.ToString(),
            ["RCLONE_CONFIG_HUTCH_ACCESS_KEY_ID"] = access,
            ["RCLONE_CONFIG_HUTCH_SECRET_ACCESS_KEY"] = secret,
        };
    }

    private static Task<Measurement> HutchAsync(
        string folder, IReadOnlyDictionary<string, string> environment, string[] arguments, CancellationToken ct) =>
        Measurement.RunAsync(folder, environment, Environment.GetEnvironmentVariable("HUTCH_CLIENT") ?? HutchExecutable.Path, arguments, ct);

    /// <summary>What one mount took, in seconds.</summary>
    private sealed record Figures(double FirstByte, double Sequential, double Status, double Names);

    /// <summary>The measurements of one round.</summary>
    private sealed class Round(BenchmarkContext context, IReadOnlyDictionary<string, string> environment, string source)
    {
        private readonly string _point = Path.Combine(context.Folder, "mount");
        private readonly string _cache = Path.Combine(context.Folder, "mount-cache");

        private string LargeFile => Path.Combine("large", "000", "00000.bin");

        public Task<Measurement> HutchMountAsync(CancellationToken ct) =>
            HutchAsync(context.Folder, environment, ["mount", Dataset + "@1", _point, "--cache-folder", _cache], ct);

        public async Task RcloneMountAsync(CancellationToken ct)
        {
            Directory.CreateDirectory(_point);
            await Measurement.RunAsync(
                context.Folder, environment, "rclone", ["mount", "hutch:" + Dataset, _point, "--read-only", "--use-server-modtime", "--daemon"], ct);
        }

        public async Task<double> StageAsync(CancellationToken ct)
        {
            string folder = Path.Combine(context.Folder, "staged");
            double seconds = (await HutchAsync(
                context.Folder, environment, ["stage", Dataset + "@1", folder, "--include", "/large"], ct)).Seconds;
            Directory.Delete(folder, recursive: true);
            return seconds;
        }

        public async Task<Figures> MeasureAsync(Func<CancellationToken, Task> mount, CancellationToken ct)
        {
            double first = await WithMountAsync(mount, keepCache: false, () => Time(() => ReadFirstByte(Path.Combine(_point, LargeFile))), ct);
            double all = await WithMountAsync(mount, keepCache: false, () => ReadAllAsync(ct), ct);
            double status = await WithMountAsync(mount, keepCache: false, () => RunAsync("ls", ["-lR", Path.Combine(_point, "small")], ct), ct);
            double names = await WithMountAsync(mount, keepCache: true, () => RunAsync("ls", ["-f", Path.Combine(_point, "names")], ct), ct);
            return new Figures(first, all, status, names);
        }

        public Task<double> NamesAgainAsync(CancellationToken ct) =>
            WithMountAsync(HutchMountAsync, keepCache: true, () => RunAsync("ls", ["-f", Path.Combine(_point, "names")], ct), ct);

        private async Task<double> ReadAllAsync(CancellationToken ct)
        {
            double seconds = await RunAsync("dd", ["if=" + Path.Combine(_point, LargeFile), "of=/dev/null", "bs=1M"], ct);
            await RunAsync("cmp", [Path.Combine(_point, LargeFile), Path.Combine(source, LargeFile)], ct);
            return seconds;
        }

        private static void ReadFirstByte(string file)
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            stream.ReadExactly(new byte[1]);
        }

        private static Task<double> Time(Action action)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            return Task.FromResult(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        private async Task<double> RunAsync(string program, string[] arguments, CancellationToken ct) =>
            (await Measurement.RunAsync(context.Folder, environment, program, arguments, ct)).Seconds;

        private async Task<double> WithMountAsync(
            Func<CancellationToken, Task> mount, bool keepCache, Func<Task<double>> measure, CancellationToken ct)
        {
            if (!keepCache && Directory.Exists(_cache))
            {
                Directory.Delete(_cache, recursive: true);
            }

            await mount(ct);
            try
            {
                return await measure();
            }
            finally
            {
                await Measurement.RunAsync(context.Folder, environment, "fusermount3", ["-u", _point], CancellationToken.None);
                while (MountFacts.Read(_point)?.Point == _point)
                {
                    await Task.Delay(20, CancellationToken.None);
                }
            }
        }
    }
}
