using Hutch.Commands.Hosting;
using Hutch.Formats.Hdf5;

namespace Hutch.Commands.Verbs.Frames;

/// <summary><c>hutch hdf5-reader</c>: the limited process in which foreign HDF5 files are opened. Started by hutch itself.</summary>
internal sealed class Hdf5ReaderVerb(VerbDeclaration verb)
    : Verb(verb.Hide(), "hdf5-reader", "Read HDF5 files for another hutch process.")
{
    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        return Task.FromResult(Hdf5ReaderHost.Run(input, output));
    }
}
