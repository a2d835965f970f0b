using Hutch.Architecture.Tests.Compiled;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>Calls that hide the clock, chance, the disk or a blocked thread from those who must control them.</summary>
public sealed class BannedCallTests
{
    /// <summary>Projects that run under simulated time, chance and disk.</summary>
    private static readonly string[] Simulated =
        ["Hutch.Model", "Hutch.Storage", "Hutch.Catalog", "Hutch.Messaging", "Hutch.Zone", "Hutch.Site", "Hutch.Processing", "Hutch.Datasets", "Hutch.Federation"];

    private static readonly string[] FileTypes =
        ["System.IO.File", "System.IO.Directory", "System.IO.FileInfo", "System.IO.DirectoryInfo", "System.IO.FileStream", "System.IO.RandomAccess"];

    private static readonly string[] Waits = ["System.Threading.Tasks.Task", "System.Threading.Tasks.ValueTask"];

    /// <summary>Who touches files without the disk seam, and why that is right. The seam stands under the store: what is not the store's may.</summary>
    private static readonly Dictionary<string, string> MayTouchFiles = new()
    {
        ["Hutch.Disk"] = "it is the seam",
        ["Hutch.Client"] = "working directories are the user's own files, not the store's",
        ["Hutch.Capture"] = "the spool of a capture is the user's own, not the store's",
        ["Hutch.Mount"] = "the cache of mounts is the user's own, not the store's",
        ["Hutch.Node"] = "the inputs, results and images of a node, not the store's",
        ["Hutch.DataLadClient"] = "the user's repositories and settings of git",
        ["Hutch.Commands"] = "the user's configuration and the files named on the command line",
        ["Hutch.Cli"] = "the configuration of the server and the files named on the command line",
        ["Hutch.Formats"] = "foreign files; HDF5 is read in a process of its own",
        ["Hutch.Detectors"] = "detector files",
        ["Hutch.Simulator"] = "the files of a simulated detector or microscope",
        ["Hutch.Catalog"] = "SQLite opens its files itself; the catalog only looks whether they are there and copies them",
    };

    [Fact]
    public void The_clock_is_asked_only_through_a_TimeProvider() => AssertNone(
        "Ask the injected TimeProvider (convention 5)",
        call => call.Type is "System.DateTime" or "System.DateTimeOffset" && call.Method is "get_Now" or "get_UtcNow" or "get_Today");

    [Fact]
    public void Waiting_for_a_time_names_the_TimeProvider() => AssertNone(
        "Task.Delay, timers and Thread.Sleep wait on the real clock: give them the TimeProvider (convention 5)",
        call => IsTimer(call) && !call.Parameters.Contains("System.TimeProvider"));

    /// <summary>The result of what is complete may be taken: whoever asks <c>IsCompletedSuccessfully</c> on the same line does not block.</summary>
    [Fact]
    public void No_thread_blocks_on_a_task()
    {
        Violations violations = new("Await; do not block on .Result or .Wait() (convention 4)");
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                List<Call> calls = [.. assembly.Calls().Where(call => Waits.Contains(call.Type.Split('`')[0]))];
                HashSet<string> asked = [.. calls.Where(call => call.Method == "get_IsCompletedSuccessfully").Select(call => call.Where)];
                violations.AddRange(calls
                    .Where(call => call.Method is "get_Result" or "Wait" or "WaitAll" or "WaitAny" or "RunSynchronously")
                    .Where(call => !asked.Contains(call.Where))
                    .Select(call => (call.Where, $"{call.Caller} calls {call}")));
            }
        }

        violations.AssertNone();
    }

    // The disk seam blocks by contract, and some bytes of these files are in a bucket. Reads of members await them instead.
    private static readonly string[] BlockingDisk =
        ["src/Hutch.Buckets/BucketFile.cs", "src/Hutch.Buckets/MirroredFile.cs"];

    [Fact]
    public void No_source_blocks_on_an_awaiter()
    {
        Violations violations = new("Await; do not block on GetAwaiter().GetResult() (convention 4)");
        foreach (SourceFile file in Repository.Sources("src").Where(static file => !BlockingDisk.Contains(file.Path)))
        {
            int at = -1;
            while ((at = file.Code.IndexOf("GetAwaiter().GetResult()", at + 1, StringComparison.Ordinal)) >= 0)
            {
                violations.Add($"{file.Path}:{file.LineAt(at)}", "blocks");
            }
        }

        violations.AssertNone();
    }

    [Fact]
    public void No_code_exits_the_process_directly() => AssertNone(
        "Return an exit code, let cancellation end loops (convention 4)",
        call => call.Type == "System.Environment" && call.Method is "Exit" or "FailFast");

    /// <summary>M20: a terminal stays in the mode in which Console puts it, also for the programs that come later.</summary>
    [Fact]
    public void The_size_of_a_terminal_is_not_asked_of_Console() => AssertNone(
        "Ask TerminalSize",
        call => call.Type == "System.Console" && call.Method is "get_WindowWidth" or "get_WindowHeight" && !call.Where.Contains("CliHost.cs", StringComparison.Ordinal));

    [Fact]
    public void Simulated_modules_draw_no_chance_of_their_own() => AssertNone(
        "Take ids and chance from an injected source (convention 5)",
        call => call.IsCall && ((call.Type == "System.Guid" && call.Method is "NewGuid" or "CreateVersion7")
            || (call.Type == "System.Random" && (call.Method == "get_Shared" || (call.Method == ".ctor" && call.Parameters.Count == 0)))),
        Simulated.Contains);

    [Fact]
    public void Files_are_touched_only_through_the_disk_seam() => AssertNone(
        $"Use Hutch.Disk (convention 4). Free to touch files: {string.Join("; ", MayTouchFiles.Select(pair => $"{pair.Key}, {pair.Value}"))}",
        call => FileTypes.Contains(call.Type),
        name => !MayTouchFiles.ContainsKey(name));

    private static bool IsTimer(Call call) =>
        (call.Type == "System.Threading.Tasks.Task" && call.Method == "Delay")
        || (call.Type == "System.Threading.Thread" && call.Method == "Sleep")
        || (call.Type is "System.Threading.PeriodicTimer" or "System.Threading.Timer" && call.Method == ".ctor");

    private static void AssertNone(string rule, Func<Call, bool> isBanned, Func<string, bool>? applies = null)
    {
        Violations violations = new(rule);
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                if (applies is null || applies(assembly.Project.Name))
                {
                    violations.AddRange(assembly.Calls().Where(isBanned).Select(call => (call.Where, $"{call.Caller} calls {call}")));
                }
            }
        }

        violations.AssertNone();
    }
}
