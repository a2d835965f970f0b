using Hutch.Cli.Hosting;
using Hutch.Formats.Hdf5;

namespace Hutch.Cli.Ingest;

/// <summary>How this very program is started as the reader of HDF5 files.</summary>
internal static class OwnReader
{
    private const string Verb = "hdf5-reader";

    internal static ReaderCommand Command()
    {
        (string program, string[] arguments) = OwnProgram.Command();
        return new ReaderCommand(program, [.. arguments, Verb]);
    }
}
