using System.Reflection;
using Hutch.Formats.Hdf5;

namespace Hutch.Cli.Ingest;

/// <summary>How this very program is started as the reader of HDF5 files.</summary>
internal static class OwnReader
{
    private const string Verb = "hdf5-reader";

    /// <summary>The command: this executable, whatever its name is; or the runtime and this assembly, when it was started so.</summary>
    internal static ReaderCommand Command()
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        bool isOwnExecutable = Assembly.GetEntryAssembly() == typeof(OwnReader).Assembly && Path.GetFileName(program) != "dotnet";
        return isOwnExecutable
            ? new ReaderCommand(program, [Verb])
            : new ReaderCommand("dotnet", [Path.Combine(AppContext.BaseDirectory, "hutch.dll"), Verb]);
    }
}
