using System.Globalization;
using System.Runtime.InteropServices;
using Hutch.Bench.Agent;
using Hutch.Bench.Analysis;
using Hutch.Bench.Catalog;
using Hutch.Bench.DataLad;
using Hutch.Bench.Engines;
using Hutch.Bench.Fairness;
using Hutch.Bench.Formats;
using Hutch.Bench.Live;
using Hutch.Bench.Look;
using Hutch.Bench.Portal;
using Hutch.Bench.Programs;
using Hutch.Bench.S3;
using Hutch.Bench.Sites;
using Hutch.Bench.Stores;

// ./run bench [--quick] [--alone] [--cell=CELL ...] [NAME...]: benchmarks or groups; without a name, all.
if (args is [Responder.Argument, string port])
{
    Responder.Serve(int.Parse(port, CultureInfo.InvariantCulture));
}

const string QuickOption = "--quick", AloneOption = "--alone", CellOption = "--cell=";
string[] names = [.. args.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal))];
if (args.FirstOrDefault(argument => argument.StartsWith("--", StringComparison.Ordinal)
    && argument is not (QuickOption or AloneOption) && !argument.StartsWith(CellOption, StringComparison.Ordinal)) is { } unknown)
{
    Console.Error.WriteLine($"There is no option {unknown}. There are: {QuickOption}, {AloneOption}, {CellOption}OPERATION[/SIZE[/CONNECTIONS]].");
    return 2;
}

IBenchmark[] all =
[
    new SpotsBenchmark(),
    new DecodeBenchmark(),
    new DecodeSpotsBenchmark(),
    new AnalyseBenchmark(),
    new StepsBenchmark(),
    new SelectBenchmark(),
    new ProgramsBenchmark(),
    new GroupCommitBenchmark(),
    new LiveLatencyBenchmark(),
    new BusBenchmark(),
    new CaptureBenchmark(),
    new LivePipelineBenchmark(),
    new SearchBenchmark(),
    new ListingBenchmark(),
    new S3Benchmark(),
    new EnginesBenchmark(),
    new BucketFolderBenchmark(),
    new StartupBenchmark(),
    new InodesBenchmark(),
    new MountBenchmark(),
    new MemoryFlatBenchmark(),
    new FairnessBenchmark(),
    new PortalBenchmark(),
    new FrameBenchmark(),
    new VolumeBenchmark(),
    new LookBenchmark(),
    new PublishBenchmark(),
    new IdleFoldersBenchmark(),
    new GrowingFolderBenchmark(),
    new ScanBenchmark(),
    new RegisterBenchmark(),
    new AdoptBenchmark(),
    new HashBenchmark(),
    new PushCloneBenchmark(withDataLad: false),
    new PushCloneBenchmark(withDataLad: true),
    new DataLadBenchmark(),
    new SitesBenchmark(),
];
IBenchmark[] chosen = names.Length == 0 ? all : [.. all.Where(b => names.Contains(b.Name) || (b.Group is { } group && names.Contains(group)))];
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"There is no benchmark {string.Join(", ", names)}. There are: {string.Join(", ", all.Select(b => b.Name))}.");
    return 2;
}

string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Hutch.slnx")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run the benchmarks inside the repository.");
}

Machine.Report();
using var stop = new CancellationTokenSource();

// However it is ended, the peers that it has started are stopped.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
foreach (IBenchmark benchmark in chosen)
{
    Console.WriteLine($"{benchmark.Name}: {benchmark.Description}");
    DirectoryInfo folder = Directory.CreateTempSubdirectory("hutch-bench-");
    try
    {
        var context = new BenchmarkContext(folder.FullName, Path.Combine(root, "bench", "peers"))
        {
            IsQuick = args.Contains(QuickOption),
            IsAlone = args.Contains(AloneOption),
            Cells = new CellChoice(args.Where(argument => argument.StartsWith(CellOption, StringComparison.Ordinal)).Select(argument => argument[CellOption.Length..])),
        };
        await benchmark.RunAsync(context, stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        Console.Error.WriteLine("Ended before its time.");
        return 1;
    }
    finally
    {
        OwnFolder.Delete(folder.FullName);
    }
}

return 0;
