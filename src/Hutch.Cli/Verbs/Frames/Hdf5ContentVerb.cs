using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs.Frames;
using Hutch.Formats.Hdf5Content;

namespace Hutch.Cli.Verbs.Frames;

/// <summary><c>hutch hdf5-content</c>: the limited process in which HDF5 files of datasets are looked into. Started by a server.</summary>
internal sealed class Hdf5ContentVerb(VerbDeclaration verb)
    : Verb(verb.Hide(), ReaderLauncher.ContentVerb, "Look into HDF5 files for a server.")
{
    /// <summary>Answers until standard input ends; returns the exit code.</summary>
    internal static int Answer()
    {
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        return ContentHost.Run(input, output);
    }

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken) => Task.FromResult(Answer());
}
