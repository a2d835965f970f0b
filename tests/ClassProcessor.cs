using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hutch.Tests;

/// <summary>
/// Measures the processor time of each test class, so that the runner can name those that grew (build/processor.py). The time of a thread belongs to the class
/// whose test it executes: .NET reports each switch of the execution context. Processes that a test starts are listed by class; the kernel accounts them.
/// Construction, fixtures and the runner itself belong to no class.
/// </summary>
internal static class ClassProcessor
{
    /// <summary>clock_gettime(2): the processor time of the calling thread.</summary>
    private const int ThreadProcessorTime = 3;

    private static readonly string? Folder = Environment.GetEnvironmentVariable("HUTCH_TEST_PROCESSOR");
    private static readonly ConcurrentDictionary<string, StrongBox<long>> NanosecondsByClass = [];
    private static readonly AsyncLocal<string?> Class = new(Switched);
    private static readonly Lock ProcessesLock = new();

    [ThreadStatic]
    private static long _since;

    /// <summary>What follows in this execution context belongs to a class.</summary>
    public static void Enter(string name)
    {
        if (Folder is not null)
        {
            Class.Value = name;
        }
    }

    /// <summary>A process was started for the class whose test or fixture runs here, or for what several share.</summary>
    public static void Started(int process, string? shared = null)
    {
        if (Folder is null || (shared ?? TestContext.Current.TestClass?.TestClassName) is not { } name)
        {
            return;
        }

        lock (ProcessesLock)
        {
            File.AppendAllText(Report("children"), $"{process} {name}\n");
        }
    }

    [ModuleInitializer]
    internal static void WriteAtExit()
    {
        if (Folder is not null)
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => File.WriteAllLines(
                Report("classes"), NanosecondsByClass.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Value.Value / 1e9:F3} {one.Key}")));
        }
    }

    private static string Report(string kind) => Path.Combine(Folder!, $"{typeof(ClassProcessor).Assembly.GetName().Name}.{kind}");

    private static void Switched(AsyncLocalValueChangedArgs<string?> change)
    {
        _ = ClockGetTime(ThreadProcessorTime, out TimeSpec time);
        long now = (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        if (change.PreviousValue is { } name)
        {
            Interlocked.Add(ref NanosecondsByClass.GetOrAdd(name, static _ => new StrongBox<long>()).Value, now - _since);
        }

        _since = now;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
