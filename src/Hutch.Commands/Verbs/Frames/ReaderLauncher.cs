using Hutch.Commands.Hosting;
using Hutch.Formats.Hdf5;

namespace Hutch.Commands.Verbs.Frames;

/// <summary>The commands that start this program as the reader of HDF5 files.</summary>
internal static class ReaderLauncher
{
    internal const string ContentVerb = "hdf5-content";

    internal static ReaderCommand Command() => For("hdf5-reader");

    /// <summary>The one that looks into files of datasets, for a server.</summary>
    internal static ReaderCommand ContentCommand() => For(ContentVerb);

    private static ReaderCommand For(string verb)
    {
        (string program, string[] arguments) = OwnProgram.Command();
        return new ReaderCommand(program, [.. arguments, verb]);
    }
}
